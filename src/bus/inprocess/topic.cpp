#include "bus/inprocess/topic.hpp"

#include <algorithm>

namespace streamdemo::bus::inprocess {

topic::topic(topic_spec spec) : spec_(std::move(spec)), slots_(static_cast<std::size_t>(spec_.partitions)) {}

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
    auto* s = oldest_droppable();
    if (!s) return false;
    bytes_ -= s->log.drop_oldest();
  }
  return true;
}

record_ptr topic::append(record r, std::int32_t partition, sys_time now) {
  r.partition = partition;
  bytes_ += r.bytes();
  return slots_[std::size_t(partition)].log.append(std::move(r), now, appended_++);
}

void topic::hold(std::int32_t partition, const std::int64_t* position) {
  slots_[std::size_t(partition)].holds.push_back(position);
}

void topic::release(std::int32_t partition, const std::int64_t* position) {
  std::erase(slots_[std::size_t(partition)].holds, position);
}

}  // namespace streamdemo::bus::inprocess
