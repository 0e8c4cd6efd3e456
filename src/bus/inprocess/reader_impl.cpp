#include "bus/inprocess/reader_impl.hpp"

namespace streamdemo::bus::inprocess {

namespace {

std::int64_t start_of(const read_start& from, const partition_log& log) {
  if (const auto* t = std::get_if<from_time>(&from)) return log.at_time(t->at);
  return std::get<from_offset>(from).offset;
}

std::string out_of_range(std::int64_t offset, const partition_log& log) {
  return fmt::format("offset {} is not kept; the partition has {} to {}", offset, log.begin(), log.end());
}

}  // namespace

void reader_impl::follow(partition_id p, read_start from) {
  if (failed()) return;
  const std::lock_guard lock(mutex_);
  drop(p);
  auto* t = core_->find(p.topic);
  if (!t || !t->data.has(p.partition)) return lose(std::move(p), "there is no such partition");
  const auto& log = t->data.log(p.partition);
  const auto start = start_of(from, log);
  if (start < log.begin() || start > log.end()) return lose(std::move(p), out_of_range(start, log));
  auto& c = cursors_.emplace_back(std::make_unique<cursor>(cursor{std::move(p), t, start, log.end()}));
  t->followers[std::size_t(c->id.partition)].push_back(this);
  // Only a topic that waits keeps records for readers; one that refuses keeps them for its groups alone.
  if (t->data.spec().full == when_full::wait) t->data.hold(c->id.partition, &c->position);
  arrived();
}

void reader_impl::lose(partition_id p, std::string why) {
  lost_.push_back({std::move(p), std::move(why)});
  arrived();
}

void reader_impl::unfollow(const partition_id& p) {
  const std::lock_guard lock(mutex_);
  drop(p);
}

void reader_impl::close() {
  stop_taking();
  const std::lock_guard lock(mutex_);
  for (auto& c : cursors_) detach(*c);
  cursors_.clear();
  lost_.clear();
}

void reader_impl::drop(const partition_id& p) {
  std::erase_if(lost_, [&](const position_lost& l) { return l.partition == p; });
  std::erase_if(cursors_, [&](const std::unique_ptr<cursor>& c) {
    if (c->id != p) return false;
    detach(*c);
    return true;
  });
}

void reader_impl::detach(cursor& c) {
  std::erase(c.source->followers[std::size_t(c.id.partition)], this);
  c.source->data.release(c.id.partition, &c.position);
  core_->admit(*c.source);
}

std::vector<read_item> reader_impl::take_locked(std::size_t max) {
  std::vector<read_item> out;
  while (!lost_.empty() && out.size() < max) {
    out.emplace_back(std::move(lost_.back()));
    lost_.pop_back();
  }
  std::vector<partition_id> gone;
  turn_.visit(cursors_, [&](std::unique_ptr<cursor>& c) {
    if (out.size() < max && !take_from(*c, max, out)) gone.push_back(c->id);
    return out.size() < max;
  });
  for (const auto& p : gone) drop(p);
  return out;
}

bool reader_impl::take_from(cursor& c, std::size_t max, std::vector<read_item>& out) {
  const auto& log = c.source->data.log(c.id.partition);
  if (c.position < log.begin()) {
    out.emplace_back(position_lost{c.id, out_of_range(c.position, log)});
    return false;
  }
  const auto before = c.position;
  while (out.size() < max) {
    if (!c.caught_up && c.position >= c.first_end) {
      c.caught_up = true;
      out.emplace_back(caught_up{c.id, c.first_end});
    } else if (c.position < log.end()) {
      out.emplace_back(log.at(c.position++));
    } else {
      break;
    }
  }
  if (c.position != before) core_->admit(*c.source);
  return true;
}

}  // namespace streamdemo::bus::inprocess
