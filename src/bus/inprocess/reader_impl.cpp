#include "bus/inprocess/reader_impl.hpp"

namespace streamdemo::bus::inprocess {

namespace {

constexpr std::size_t chunk_records = 512;
constexpr std::size_t chunk_bytes = 256 << 10;

std::string out_of_range(std::int64_t offset, const topic& t, std::int32_t partition) {
  return fmt::format("offset {} is not kept; the partition has {} to {}", offset, t.begin(partition),
                     t.log(partition).end());
}

}  // namespace

void reader_impl::follow(partition_id p, read_start from) {
  if (failed()) return;
  const std::lock_guard lock(mutex_);
  drop(p);
  auto* t = core_->find(p.topic);
  if (!t || !t->data.has(p.partition)) return lose(std::move(p), "there is no such partition");
  const auto partition = p.partition;
  const auto& log = t->data.log(partition);
  const auto begin = t->data.begin(partition);
  const auto* at = std::get_if<from_time>(&from);
  const auto start = at ? log.at_time(at->at) : std::get<from_offset>(from).offset;
  if (start < begin || start > log.end()) return lose(std::move(p), out_of_range(start, t->data, partition));
  auto& c = cursors_.emplace_back(
      std::make_unique<cursor>(cursor{std::move(p), t, ++serials_, start, log.end(), false, {}, {}, false}));
  // What is older than the memory may be young enough, too.
  if (at && start == log.begin() && begin < start) c->sought = at->at;
  t->followers[std::size_t(partition)].push_back(this);
  if (t->data.waits_for_readers()) t->data.hold(partition, &c->position);
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
  if (c.sought) {
    seek(c);
    return true;
  }
  const auto& t = c.source->data;
  if (c.position < t.begin(c.id.partition)) {
    out.emplace_back(position_lost{c.id, out_of_range(c.position, t, c.id.partition)});
    return false;
  }
  const auto before = c.position;
  while (out.size() < max) {
    if (!c.caught_up && c.position >= c.first_end) {
      c.caught_up = true;
      out.emplace_back(caught_up{c.id, c.first_end});
    } else if (auto r = next(c)) {
      ++c.position;
      out.emplace_back(std::move(r));
    } else {
      break;
    }
  }
  if (c.position != before) core_->admit(*c.source);
  return true;
}

record_ptr reader_impl::next(cursor& c) {
  const auto& log = c.source->data.log(c.id.partition);
  if (c.position >= log.begin()) {
    c.fetched.clear();
    while (c.position < log.end() && !log.at(c.position)) ++c.position;  // dropped behind others that were not
    return c.position < log.end() ? log.at(c.position) : nullptr;
  }
  if (c.fetched.size() < chunk_records / 2) fetch(c);
  if (c.fetched.empty()) return nullptr;
  auto r = std::move(c.fetched.front());
  c.fetched.pop_front();
  return r;
}

void reader_impl::seek(cursor& c) {
  if (std::exchange(c.asked, true)) return;
  const auto& t = c.source->data;
  core_->read_journal([self = self(), serial = c.serial, topic = *c.source->number, partition = c.id.partition,
                       begin = t.begin(c.id.partition), end = c.position, at = *c.sought](const journal::store& s) {
    self->sought(serial, s.find(topic, partition, begin, end, at));
  });
}

void reader_impl::fetch(cursor& c) {
  const auto from = c.position + std::int64_t(c.fetched.size());
  const auto end = c.source->data.log(c.id.partition).begin();
  if (from >= end || std::exchange(c.asked, true)) return;
  core_->read_journal([self = self(), serial = c.serial, topic = *c.source->number, partition = c.id.partition, from,
                       end](const journal::store& s) {
    self->fetched(serial, s.read(topic, partition, from, end, chunk_records, chunk_bytes));
  });
}

reader_impl::cursor* reader_impl::find(std::uint64_t serial) {
  const auto it = std::ranges::find_if(cursors_, [&](const auto& c) { return c->serial == serial; });
  return it == cursors_.end() ? nullptr : it->get();
}

void reader_impl::sought(std::uint64_t serial, result<std::int64_t> position) {
  const std::lock_guard lock(mutex_);
  auto* c = find(serial);
  if (!c) return;
  if (!position) {
    const auto id = c->id;
    drop(id);
    return lose(id, position.error().message);
  }
  c->position = *position;
  c->sought.reset();
  c->asked = false;
  arrived();
}

void reader_impl::fetched(std::uint64_t serial, fetched_records records) {
  const std::lock_guard lock(mutex_);
  auto* c = find(serial);
  if (!c) return;
  c->asked = false;
  const auto expected = c->position + std::int64_t(c->fetched.size());
  const bool removed = expected < c->source->data.begin(c->id.partition);
  if (!records || (!removed && (records->empty() || records->front().offset != expected))) {
    const auto id = c->id;
    auto why = records ? fmt::format("the journal lacks offset {}", expected) : records.error().message;
    drop(id);
    return lose(id, std::move(why));
  }
  arrived();
  if (removed) return;  // which the next take notices by the position
  core_->count_read(records->size());
  for (auto& r : *records) {
    r.topic = c->id.topic;
    c->fetched.push_back(std::make_shared<const record>(std::move(r)));
  }
}

}  // namespace streamdemo::bus::inprocess
