#include "gateway/history/kept_history.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "gateway/history/disk_reads.hpp"
#include "gateway/history/store/event_store.hpp"

namespace streamdemo::gateway {

namespace {

// Dropped entries at the front are cut off when they are the larger part, so that dropping costs O(1) on average.
constexpr std::size_t compact_from = 64;

// Microseconds from `folded` to `at`, plus one. A little more than an hour fits; what is later counts as the maximum.
std::uint32_t micros_after(base::sys_time folded, base::sys_time at) noexcept {
  constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>((at - folded).count() + 1, 1, most));
}

base::sys_time time_of(base::sys_time folded, std::uint32_t micros) noexcept {
  return micros == 0 ? base::sys_time{} : folded + base::microseconds(micros - 1);
}

}  // namespace

// An estimate for the object, its strings and its entries in the indexes.
std::size_t kept_history::bytes_without_events() noexcept {
  return sizeof(kept_history) + 512;
}

// Counts the entry twice, because a vector grows by doubling.
std::size_t kept_history::bytes_of(const task::event& e) noexcept {
  return e.bytes() + 2 * sizeof(entry);
}

kept_history::kept_history(task_view first, std::shared_ptr<wake_lists> wakes, std::shared_ptr<disk_reads> disk)
    : view_(std::move(first)),
      in_memory_from_(view_.first_kept),
      wakes_(std::move(wakes)),
      reads_(std::move(disk)),
      disk_(reads_ ? std::make_unique<disk_part>() : nullptr),
      bytes_(bytes_without_events()) {}

kept_history::~kept_history() {
  delete waiters_.load();
}

waiters_of_task& kept_history::make_waiters() {
  auto* now = waiters_.load();
  if (now != nullptr) return *now;
  auto made = std::make_unique<waiters_of_task>(wakes_->loops());
  // Another loop may have been faster; `now` is what that one made, then.
  return waiters_.compare_exchange_strong(now, made.get()) ? *made.release() : *now;
}

history::batch kept_history::read(std::int64_t after, std::size_t max_events, std::size_t max_bytes) const {
  const std::lock_guard lock(mutex_);
  return read_kept(std::max<std::int64_t>(after, 0), max_events, max_bytes, view_.first_kept);
}

history::batch kept_history::read_memory(std::int64_t after, std::size_t max_events, std::size_t max_bytes) const {
  const std::lock_guard lock(mutex_);
  return read_kept(std::max<std::int64_t>(after, 0), max_events, max_bytes, in_memory_from_);
}

history::batch kept_history::read_kept(std::int64_t after, std::size_t max_events, std::size_t max_bytes,
                                       std::int64_t first_kept) const {
  batch b;
  if (after + 1 < first_kept) b.kept_from = first_kept;
  const auto from = std::max(after + 1, first_kept);
  if (from < in_memory_from_) {
    b.on_disk = true;
    return b;
  }
  std::int64_t last = std::max(after, from - 1);
  if (from <= view_.last_seq) {
    const auto first = begin_ + static_cast<std::size_t>(from - in_memory_from_);
    std::size_t end = first, bytes = 0;
    while (end < events_.size() && end - first < max_events && (end == first || bytes < max_bytes)) {
      bytes += events_[end++].event->json().size();
    }
    if (first < end) b.read_at = events_[first].folded;
    b.events.reserve(end - first);
    for (auto i = first; i < end; ++i) b.events.push_back(events_[i].event);
    last = from - 1 + static_cast<std::int64_t>(end - first);
  }
  b.ended = task::is_end(view_.status) && last >= view_.last_seq;
  b.lost = lost_;
  b.in_queue = view_.in_queue;
  return b;
}

std::unique_ptr<disk_reading> kept_history::read_from_disk(subscriber& s) {
  return reads_->open(shared_from_this(), s);
}

bool kept_history::ends_at(std::int64_t last) const {
  const std::lock_guard lock(mutex_);
  return task::is_end(view_.status) && last >= view_.last_seq;
}

task_view kept_history::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

task_moment kept_history::moment() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

std::int64_t kept_history::last_seq() const {
  const std::lock_guard lock(mutex_);
  return view_.last_seq;
}

local_times kept_history::times() const {
  const std::lock_guard lock(mutex_);
  return times_;
}

std::vector<event_times> kept_history::times(std::int64_t after, std::size_t max_events) const {
  std::vector<event_times> out;
  const std::lock_guard lock(mutex_);
  const auto from = std::max({after + 1, in_memory_from_, std::int64_t{1}});
  for (auto seq = from; seq <= view_.last_seq && out.size() < max_events; ++seq) {
    const auto& e = events_[begin_ + static_cast<std::size_t>(seq - in_memory_from_)];
    out.push_back({.seq = seq,
                   .type = e.event->type(),
                   .folded = e.folded,
                   .first_written = time_of(e.folded, e.first_written),
                   .last_written = time_of(e.folded, e.last_written)});
  }
  return out;
}

void kept_history::written(std::int64_t after, std::int64_t last, base::sys_time at) {
  traced_events::arrivals traced;  // told after the lock is released
  const std::lock_guard lock(mutex_);
  if (traced_) traced = traced_->take(after, last, at);
  if (times_.first_written == base::sys_time{}) times_.first_written = at;
  times_.last_written = at;
  // Some events may have been dropped since they were read.
  const auto to = std::min(last, view_.last_seq);
  for (auto seq = std::max(after + 1, in_memory_from_); seq <= to; ++seq) {
    auto& e = events_[begin_ + static_cast<std::size_t>(seq - in_memory_from_)];
    e.last_written = micros_after(e.folded, at);
    if (e.first_written == 0) e.first_written = e.last_written;
  }
}

void kept_history::trace(tracing::tracer& t, std::int64_t seq, task::message_type type,
                         const tracing::trace_context& parent, const base::record& r, base::sys_time at) {
  const std::lock_guard lock(mutex_);
  if (!traced_) {
    traced_ = std::make_unique<traced_events>(t, r);
    bytes_ += traced_events::bytes();
  }
  traced_->add(seq, type, parent, r, at);
}

bool kept_history::has_news(std::int64_t after) const {
  const std::lock_guard lock(mutex_);
  return view_.last_seq > after || after + 1 < view_.first_kept || task::is_end(view_.status) || lost_;
}

bool kept_history::is_over() const {
  const std::lock_guard lock(mutex_);
  return task::is_end(view_.status) || lost_;
}

void kept_history::keep_from(base::sys_time at) {
  const std::lock_guard lock(mutex_);
  view_.kept_since = at;
}

void kept_history::append(task::event_ptr e, const task::task_state& now, base::sys_time at) {
  const std::lock_guard lock(mutex_);
  view_.status = now.now();
  view_.in_queue.reset();
  view_.ended_at = now.ended_at;
  if (view_.results_begin != now.results_begin) view_.results = view_.result_bytes = 0;
  view_.results_begin = now.results_begin;
  view_.last_seq = e->seq();
  if (e->type() == task::message_type::result) {
    ++view_.results;
    view_.result_bytes += e->json().size();
  }
  if (e->type() == task::message_type::started && now.results_begin == e->seq()) view_.fraction = -1;
  if (times_.first_folded == base::sys_time{}) times_.first_folded = at;
  times_.last_folded = at;
  bytes_ += bytes_of(*e);
  events_.push_back({std::move(e), at});
}

void kept_history::set_fraction(double fraction) {
  const std::lock_guard lock(mutex_);
  view_.fraction = fraction;
}

bool kept_history::set_place(const queue_place& p) {
  const std::lock_guard lock(mutex_);
  if (view_.status != task::status::queued || lost_) return false;
  const auto before = view_.in_queue ? view_.in_queue->version : 0;
  auto next = std::make_shared<queue_place>(p);
  next->version = static_cast<std::uint8_t>(before % 7 + 1);
  view_.in_queue = std::move(next);
  return true;
}

void kept_history::lose() {
  const std::lock_guard lock(mutex_);
  lost_ = true;
}

std::size_t kept_history::drop_first() {
  // Destroyed after the lock is released: freeing a large event takes longer than a reader should wait.
  task::event_ptr dropped;
  std::vector<entry> old;
  const std::lock_guard lock(mutex_);
  if (begin_ == events_.size()) return 0;
  dropped = std::move(events_[begin_++].event);
  ++in_memory_from_;
  find_first_kept();
  if (begin_ == events_.size()) {
    old.swap(events_);
    begin_ = 0;
  } else if (begin_ >= compact_from && begin_ * 2 > events_.size()) {
    events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
  const auto freed = bytes_of(*dropped);
  bytes_ -= freed;
  return freed;
}

std::size_t kept_history::drop_all() {
  std::vector<entry> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(events_);
  traced_.reset();
  begin_ = 0;
  in_memory_from_ = view_.last_seq + 1;
  if (disk_) disk_->gone = true;
  find_first_kept();
  return std::exchange(bytes_, 0);
}

std::size_t kept_history::rest(std::size_t bytes_at_rest) {
  const std::lock_guard lock(mutex_);
  traced_.reset();
  at_rest_ = true;
  return std::exchange(bytes_, bytes_at_rest) - bytes_at_rest;
}

std::size_t kept_history::wake_up() {
  at_rest_ = false;
  return bytes_without_events() - std::exchange(bytes_, bytes_without_events());
}

// What is on disk can be read only if there is no hole between it and memory.
void kept_history::find_first_kept() noexcept {
  view_.first_kept = in_memory_from_;
  if (disk_ && !disk_->gone && disk_->stored + 1 >= in_memory_from_) {
    view_.first_kept = std::min(in_memory_from_, disk_->from);
  }
}

std::string kept_history::name_on_disk() const {
  return event_store::name_of(view_.request_id, view_.accepted_at);
}

std::uint64_t kept_history::stored(std::int64_t from, std::int64_t through, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  return disk_->store(from, through, bytes) ? bytes : 0;
}

void kept_history::restore_on_disk(std::int64_t from, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  disk_->restore(from, view_.last_seq, bytes);
  in_memory_from_ = view_.last_seq + 1;
  find_first_kept();
}

disk_part::stretch kept_history::drop_first_on_disk() {
  const std::lock_guard lock(mutex_);
  const auto dropped = disk_->drop_first();
  find_first_kept();
  return dropped;
}

void kept_history::begin_disk_anew() {
  const std::lock_guard lock(mutex_);
  disk_->begin_anew(in_memory_from_);
  find_first_kept();
}

std::vector<task::event_ptr> kept_history::unwritten() const {
  std::vector<task::event_ptr> found;
  for (auto i = begin_; i < events_.size(); ++i) {
    if (events_[i].event->seq() > disk_->stored) found.push_back(events_[i].event);
  }
  return found;
}

std::unique_ptr<subscription> kept_history::subscribe(subscriber& s, waits_for what) {
  if (!wakes_) return std::make_unique<subscription>();
  return wakes_->subscribe(shared_from_this(), s, what);
}

}  // namespace streamdemo::gateway
