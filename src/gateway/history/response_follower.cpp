#include "gateway/history/response_follower.hpp"

namespace streamdemo::gateway {

namespace {

// Records per batch: enough that readers are not woken too often under load, few enough that they are woken soon.
constexpr std::size_t per_turn = 512;
constexpr std::chrono::seconds sweep_interval{1};
constexpr std::chrono::seconds room_interval{1};

}  // namespace

response_follower::response_follower(options o, bus::bus& b, histories& all, base::executor loop0,
                                     const base::logger& log)
    : options_(std::move(o)),
      bus_(b),
      all_(all),
      executor_(loop0),
      log_(log.child("follower")),
      is_behind_(static_cast<std::size_t>(options_.partitions), true),
      restarted_(static_cast<std::size_t>(options_.partitions), false),
      checks_(static_cast<std::size_t>(options_.partitions), false),
      stopped_(static_cast<std::size_t>(options_.partitions), false),
      folded_(static_cast<std::size_t>(options_.partitions), 0),
      behind_(options_.partitions),
      changed_(loop0),
      progress_(loop0),
      group_(loop0, log_, "the response follower") {}

void response_follower::prepare() {
  if (!reader_) reader_ = bus_.make_reader(executor_);
}

void response_follower::start() {
  prepare();
  for (std::int32_t p = 0; p < options_.partitions; ++p) follow(p);
  group_.spawn([this] { return read(); });
  group_.spawn([this] { return sweep(); });
}

void response_follower::follow(std::int32_t partition) {
  const auto known = all_.place_of(partition);
  stopped_[static_cast<std::size_t>(partition)] = false;
  checks_[static_cast<std::size_t>(partition)] = known.has_value();
  if (known) {
    reader_->follow({options_.topic, partition}, bus::from_offset{known->offset});
  } else {
    reader_->follow({options_.topic, partition}, bus::from_time{all_.bus_now() - options_.window});
  }
}

// False: the histories know the record already, or it belongs to a log that they do not know.
bool response_follower::is_new(const base::record& r) {
  const auto i = static_cast<std::size_t>(r.partition);
  if (stopped_[i]) return false;
  if (!checks_[i]) return true;
  checks_[i] = false;
  const auto known = all_.place_of(r.partition);
  moved_to(r.partition, r.offset + 1);
  if (known && known->offset == r.offset && known->record == histories::name_of(r)) return false;
  stopped_[i] = true;
  reader_->unfollow({options_.topic, r.partition});
  lost({{options_.topic, r.partition}, "what history.directory knows is of another log, or of records that are gone"});
  return false;
}

base::awaitable<void> response_follower::read() {
  for (;;) {
    while (all_.is_full() && !closed_) co_await all_.wait_for_room(std::chrono::steady_clock::now() + room_interval);
    auto items = co_await reader_->receive(per_turn);
    if (items.has_value()) {
      take(*items);
      continue;
    }
    if (closed_ || items.error().code == base::errc::closed) co_return;
    log_.warning("reading {} failed, trying again: {}", options_.topic, items.error().message);
    co_await base::sleep_for(options_.retry);
  }
}

// Records are applied in order. What stands between them (caught up, position lost) is handled after the records before
// it.
void response_follower::take(std::vector<bus::read_item>& items) {
  records_.clear();
  const auto flush = [this] {
    if (!records_.empty()) all_.apply(records_);
    for (const auto& r : records_) moved_to(r->partition, r->offset + 1);
    records_.clear();
  };
  for (auto& item : items) {
    if (auto* r = std::get_if<base::record_ptr>(&item)) {
      if (is_new(**r)) records_.push_back(std::move(*r));
      continue;
    }
    flush();
    if (const auto* c = std::get_if<bus::caught_up>(&item); c && !stopped(c->partition)) reached_end(*c);
    if (const auto* l = std::get_if<bus::position_lost>(&item)) lost(*l);
  }
  flush();
  progress_.notify_all();
}

void response_follower::moved_to(std::int32_t partition, std::int64_t offset) {
  auto& now = folded_[static_cast<std::size_t>(partition)];
  now = std::max(now, offset);
}

base::awaitable<bool> response_follower::has_folded(std::int32_t partition, std::int64_t offset,
                                                    base::steady_time until) {
  const auto i = static_cast<std::size_t>(partition);
  const auto done = [&] { return !is_behind_[i] && folded_[i] >= offset; };
  while (!done() && !closed_) {
    if (!co_await progress_.wait_until(until)) break;
  }
  co_return done();
}

void response_follower::reached_end(const bus::caught_up& c) {
  const auto partition = c.partition.partition;
  const auto i = static_cast<std::size_t>(partition);
  moved_to(partition, c.end);
  if (restarted_[i]) all_.finish_restart(partition);
  restarted_[i] = false;
  set_behind(partition, false);
}

void response_follower::lost(const bus::position_lost& l) {
  const auto partition = l.partition.partition;
  log_.warning("the place in {}/{} is lost, reading the partition again: {}", l.partition.topic, partition, l.message);
  all_.restart(partition);
  restarted_[static_cast<std::size_t>(partition)] = true;
  folded_[static_cast<std::size_t>(partition)] = 0;  // in case the topic is a new one
  set_behind(partition, true);
  group_.spawn([this, partition] { return follow_anew(partition); });
}

// Not at once, so that a partition whose position is lost again and again does not keep the loop busy.
base::awaitable<void> response_follower::follow_anew(std::int32_t partition) {
  co_await base::sleep_for(options_.retry);
  if (!closed_) follow(partition);
}

base::awaitable<void> response_follower::sweep() {
  for (;;) {
    co_await base::sleep_for(sweep_interval);
    all_.sweep(all_.bus_now());
  }
}

void response_follower::set_behind(std::int32_t partition, bool value) {
  const auto i = static_cast<std::size_t>(partition);
  if (is_behind_[i] == value) return;
  is_behind_[i] = value;
  behind_ += value ? 1 : -1;
  changed_.notify_all();
}

base::awaitable<void> response_follower::wait_for_change(base::steady_time until) {
  if (!closed_) co_await changed_.wait_until(until);
}

void response_follower::close() {
  closed_ = true;
  if (reader_) reader_->close();
  changed_.notify_all();
  progress_.notify_all();
}

base::awaitable<void> response_follower::stop(base::steady_time deadline) {
  close();
  if (reader_) co_await reader_->drain(deadline);
  group_.cancel();
  co_await group_.join();
}

}  // namespace streamdemo::gateway
