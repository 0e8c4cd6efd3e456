// One task's history: a vector of shared immutable events under a mutex that is held for a few pointer copies.
#include <streamdemo/task/fold.hpp>

#include "gateway/history/histories.hpp"
#include "gateway/history/wake_lists.hpp"

namespace streamdemo::gateway {

namespace {

// Dropped entries at the front are cut off when they are the larger part, so that dropping costs O(1) on average.
constexpr std::size_t compact_from = 64;

}  // namespace

history::history(task_view first) : view_(std::move(first)) {}
history::~history() = default;

history::batch history::read(std::int64_t after, std::size_t max_events, std::size_t max_bytes) const {
  batch b;
  const std::lock_guard lock(mutex_);
  after = std::max<std::int64_t>(after, 0);
  if (after + 1 < view_.first_kept) b.kept_from = view_.first_kept;
  const auto from = std::max(after + 1, view_.first_kept);
  std::int64_t last = std::max(after, from - 1);
  if (from <= view_.last_seq) {
    const auto first = begin_ + static_cast<std::size_t>(from - view_.first_kept);
    std::size_t end = first, bytes = 0;
    while (end < events_.size() && end - first < max_events && (end == first || bytes < max_bytes)) {
      bytes += events_[end++]->json().size();
    }
    b.events.assign(events_.begin() + static_cast<std::ptrdiff_t>(first),
                    events_.begin() + static_cast<std::ptrdiff_t>(end));
    last = from - 1 + static_cast<std::int64_t>(end - first);
  }
  b.ended = task::is_end(view_.status) && last >= view_.last_seq;
  b.lost = lost_;
  return b;
}

task_view history::view() const {
  const std::lock_guard lock(mutex_);
  return view_;
}

std::int64_t history::last_seq() const {
  const std::lock_guard lock(mutex_);
  return view_.last_seq;
}

local_times history::times() const {
  const std::lock_guard lock(mutex_);
  return times_;
}

void history::written(base::sys_time at) {
  const std::lock_guard lock(mutex_);
  if (times_.first_written == base::sys_time{}) times_.first_written = at;
  times_.last_written = at;
}

bool history::has_news(std::int64_t after) const {
  const std::lock_guard lock(mutex_);
  return view_.last_seq > after || after + 1 < view_.first_kept || task::is_end(view_.status) || lost_;
}

void history::append(task::event_ptr e, const task::task_state& now, base::sys_time at) {
  const std::lock_guard lock(mutex_);
  view_.status = now.now();
  view_.ended_at = now.ended_at;
  view_.results_begin = now.results_begin;
  view_.last_seq = e->seq();
  if (e->type() == task::message_type::started && now.results_begin == e->seq()) view_.fraction = -1;
  if (times_.first_folded == base::sys_time{}) times_.first_folded = at;
  times_.last_folded = at;
  events_.push_back(std::move(e));
}

void history::set_fraction(double fraction) {
  const std::lock_guard lock(mutex_);
  view_.fraction = fraction;
}

std::size_t history::drop_first() {
  // Destroyed after the lock is released: freeing a large event takes longer than a reader should wait.
  task::event_ptr dropped;
  std::vector<task::event_ptr> old;
  const std::lock_guard lock(mutex_);
  if (begin_ == events_.size()) return 0;
  dropped = std::move(events_[begin_++]);
  ++view_.first_kept;
  if (begin_ == events_.size()) {
    old.swap(events_);
    begin_ = 0;
  } else if (begin_ >= compact_from && begin_ * 2 > events_.size()) {
    events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
  return dropped->bytes();
}

std::size_t history::drop_all() {
  std::vector<task::event_ptr> dropped;
  const std::lock_guard lock(mutex_);
  dropped.swap(events_);
  std::size_t n = 0;
  for (std::size_t i = begin_; i < dropped.size(); ++i) n += dropped[i]->bytes();
  begin_ = 0;
  view_.first_kept = view_.last_seq + 1;
  return n;
}

void history::lose() {
  const std::lock_guard lock(mutex_);
  lost_ = true;
}

}  // namespace streamdemo::gateway
