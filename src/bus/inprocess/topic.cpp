#include "bus/inprocess/topic.hpp"

#include <algorithm>
#include <utility>

namespace streamdemo::bus::inprocess {

topic::topic(topic_spec spec) : spec_(std::move(spec)), slots_(static_cast<std::size_t>(spec_.partitions)) {}

topic::topic(topic_spec spec, const std::vector<journal::partition_entry>& stored)
    : spec_(std::move(spec)), journaled_(true) {
  for (const auto& e : stored) slots_.push_back({partition_log(e.end, e.last), {}, e.begin, {}});
}

std::int64_t topic::begin(std::int32_t partition) const {
  const auto& s = slots_[std::size_t(partition)];
  const bool on_disk = journaled_ && spec_.full == when_full::wait;
  return on_disk ? std::min(s.kept_from, s.log.begin()) : s.log.begin();
}

journal::partition_entry topic::entry(std::int32_t partition) const {
  const auto& s = slots_[std::size_t(partition)];
  return {s.kept_from, s.log.next(), s.log.last_time()};
}

void topic::keep_from(std::int32_t partition, std::int64_t offset) {
  auto& from = slots_[std::size_t(partition)].kept_from;
  from = std::max(from, offset);
}

bool topic::droppable(const slot& s) const {
  if (s.log.begin() == s.log.end()) return false;
  if (s.holds.empty()) return spec_.full == when_full::wait;
  return std::all_of(s.holds.begin(), s.holds.end(), [&](const auto* position) { return *position > s.log.begin(); });
}

topic::slot* topic::oldest_droppable() {
  slot* oldest = nullptr;
  for (auto& s : slots_) {
    if (droppable(s) && (!oldest || s.log.oldest_age() < oldest->log.oldest_age())) oldest = &s;
  }
  return oldest;
}

bool topic::make_room(std::size_t bytes) {
  while (bytes_ != 0 && bytes_ + bytes > spec_.max_bytes) {
    if (auto* s = oldest_droppable()) {
      bytes_ -= s->log.drop_oldest();
    } else if (!drop_completed_between()) {
      return false;
    }
  }
  bytes_ += bytes;
  return true;
}

void topic::completed(std::int32_t partition, std::int64_t offset) {
  auto& s = slots_[std::size_t(partition)];
  if (s.holds.size() > 1) return;  // another group may need it
  s.completed.push_back(offset);
  const auto in_memory = std::size_t(s.log.end() - s.log.begin());
  if (s.completed.size() > 2 * in_memory + 64) prune(s);
}

void topic::prune(slot& s) {
  std::erase_if(s.completed, [&](std::int64_t offset) { return offset < s.log.begin() || offset >= s.log.end(); });
  std::sort(s.completed.begin(), s.completed.end());
  s.completed.erase(std::unique(s.completed.begin(), s.completed.end()), s.completed.end());
}

// True: that freed memory.
bool topic::drop_completed_between() {
  std::size_t freed = 0;
  for (auto& s : slots_) {
    prune(s);
    for (const auto offset : std::exchange(s.completed, {})) freed += s.log.drop(offset);
  }
  bytes_ -= freed;
  return freed > 0;
}

void topic::drop_completed() {
  for (auto& s : slots_) {
    while (!s.holds.empty() && droppable(s)) bytes_ -= s.log.drop_oldest();
  }
}

record_ptr topic::append(record&& stamped) {
  auto& log = slots_[std::size_t(stamped.partition)].log;
  return log.append(std::move(stamped), appended_++);
}

void topic::restore(record&& stored) {
  auto& log = slots_[std::size_t(stored.partition)].log;
  if (log.begin() == log.end()) log = partition_log(stored.offset, log.last_time());
  bytes_ += stored.bytes();
  log.restore(std::move(stored), appended_++);
}

void topic::hold(std::int32_t partition, const std::int64_t* position) {
  slots_[std::size_t(partition)].holds.push_back(position);
}

void topic::release(std::int32_t partition, const std::int64_t* position) {
  std::erase(slots_[std::size_t(partition)].holds, position);
}

}  // namespace streamdemo::bus::inprocess
