#include "gateway/history/write_behind.hpp"

#include <boost/asio/post.hpp>

namespace streamdemo::gateway {

namespace {

// A batch waits this long for company, unless so much waits already.
constexpr base::milliseconds linger{5};
constexpr std::size_t enough_bytes = 256 << 10;
// The store copies a batch before it takes it.
constexpr std::size_t batch_bytes = 512 << 10;
// One item stays smaller than a batch.
constexpr std::size_t item_bytes = 128 << 10;
// Beside the event's own bytes: its key on disk; and in memory its place in an item.
constexpr std::uint64_t key_bytes = 64;

}  // namespace

write_behind::write_behind(event_store& store, base::executor loop0, listener on_outcome)
    : store_(store), loop0_(loop0), listener_(std::make_shared<listener>(std::move(on_outcome))) {}

void write_behind::start() {
  thread_ = std::thread([this] { run(); });
}

void write_behind::add(const kept_ptr& of, const task::event_ptr& e) {
  if (fresh_.empty() || fresh_.back().of != of || fresh_.back().memory >= item_bytes) {
    fresh_.push_back({.of = of, .change = {.name = of->name_on_disk()}});
  }
  auto& i = fresh_.back();
  i.change.add.push_back(e);
  i.memory += e->bytes();
  i.disk += bytes_on_disk(*e);
  fresh_bytes_ += e->bytes();
}

std::uint64_t write_behind::bytes_on_disk(const task::event& e) noexcept {
  return e.sse().size() + key_bytes;
}

std::size_t write_behind::memory_of(const event_store::note& n) noexcept {
  return sizeof(n) + n.key.size() + (n.value ? n.value->size() : 0);
}

void write_behind::note(event_store::note n) {
  if (fresh_.empty() || fresh_.back().of || fresh_.back().notes.empty()) fresh_.emplace_back();
  auto& i = fresh_.back();
  const auto bytes = memory_of(n);
  i.memory += bytes;
  fresh_bytes_ += bytes;
  i.notes.push_back(std::move(n));
}

void write_behind::erase(std::string name, std::int64_t from, std::int64_t through) {
  fresh_.push_back({.of = nullptr, .change = {.name = std::move(name), .erase_through = through, .erase_from = from}});
}

void write_behind::hand_over() {
  if (fresh_.empty()) return;
  bool wake = false;
  fresh_.back().last = true;
  fresh_bytes_ = 0;
  {
    const std::lock_guard lock(mutex_);
    wake = items_.empty();
    const auto before = bytes_;
    for (auto& i : fresh_) {
      bytes_ += i.memory;
      items_.push_back(std::move(i));
    }
    wake = wake || (before < enough_bytes && bytes_ >= enough_bytes);
  }
  fresh_.clear();
  if (wake) changed_.notify_one();
}

void write_behind::erase_before(base::sys_time at, bool all) {
  {
    const std::lock_guard lock(mutex_);
    erase_before_ = {at, all || (erase_before_ && erase_before_->second)};
  }
  changed_.notify_one();
}

void write_behind::recover(std::vector<event_store::change> erasures, bool everything) {
  {
    const std::lock_guard lock(mutex_);
    recover_ = {std::move(erasures), everything};
  }
  changed_.notify_one();
}

void write_behind::give_up(std::uint64_t round) {
  std::deque<item> dropped;
  fresh_.clear();
  fresh_bytes_ = 0;
  const std::lock_guard lock(mutex_);
  dropped.swap(items_);
  bytes_ = 0;
  round_ = round;
}

void write_behind::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
  *listener_ = nullptr;
}

void write_behind::tell(outcome o) {
  o.disk_bytes = store_.disk_bytes();
  asio::post(loop0_, [to = listener_, o = std::move(o)]() mutable {
    if (*to) (*to)(std::move(o));
  });
}

void write_behind::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [&] { return closed_ || !items_.empty() || recover_ || erase_before_; });
    if (closed_) {
      failed_ = false;
      while (!items_.empty() && !failed_) write_batch(lock);
      return;
    }
    if (const auto how = std::exchange(recover_, std::nullopt)) {
      outcome o;
      o.recovery = true;
      lock.unlock();
      if (auto done = store_.recover(how->first, how->second); !done) o.error = done.error();
      tell(std::move(o));
      lock.lock();
      continue;
    }
    if (const auto what = std::exchange(erase_before_, std::nullopt)) {
      lock.unlock();
      // An error shows itself in the next write.
      static_cast<void>(store_.erase_before(what->first, what->second));
      lock.lock();
      continue;
    }
    changed_.wait_for(lock, linger, [&] { return closed_ || recover_ || bytes_ >= enough_bytes; });
    if (!closed_ && !items_.empty()) write_batch(lock);
  }
}

void write_behind::write_batch(std::unique_lock<std::mutex>& lock) {
  outcome o;
  o.round = round_;
  std::vector<event_store::change> changes;
  std::vector<event_store::note> notes;
  for (bool whole = true; !items_.empty() && (!whole || o.memory < batch_bytes);) {
    whole = items_.front().last;
    auto& i = items_.front();
    o.memory += i.memory;
    o.count += i.change.add.size();
    if (!i.change.add.empty()) {
      o.events.push_back({std::move(i.of), i.change.add.front()->seq(), i.change.add.back()->seq(), i.disk});
    }
    if (!i.change.name.empty()) changes.push_back(std::move(i.change));
    for (auto& n : i.notes) notes.push_back(std::move(n));
    items_.pop_front();
  }
  bytes_ -= std::min(bytes_, o.memory);
  lock.unlock();
  if (auto done = store_.write(changes, notes); !done) o.error = done.error();
  changes.clear();
  failed_ = o.error.has_value();
  tell(std::move(o));
  lock.lock();
  if (failed_ && round_ == o.round) {
    items_.clear();
    bytes_ = 0;
  }
}

}  // namespace streamdemo::gateway
