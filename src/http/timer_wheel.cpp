#include "http/timer_wheel.hpp"

#include <algorithm>

namespace streamdemo::http {

void timer_wheel::entry::cancel() noexcept {
  if (next_ == nullptr) return;
  prev_->next_ = next_;
  next_->prev_ = prev_;
  prev_ = next_ = nullptr;
}

timer_wheel::timer_wheel(base::steady_time start, base::milliseconds tick, std::size_t slots)
    : start_(start), tick_(tick), now_(start), size_(slots), slots_(std::make_unique<slot[]>(slots)) {}

timer_wheel::~timer_wheel() {
  // Entries may outlive the wheel, so they must not keep pointers into it.
  const auto empty = [](entry& list) {
    while (list.next_ != &list) list.next_->cancel();
  };
  for (std::size_t i = 0; i < size_; ++i) empty(slots_[i].end);
  empty(fresh_.end);
}

std::uint64_t timer_wheel::ticks_of(base::steady_time::duration d) const noexcept {
  if (d.count() <= 0) return 0;
  const base::steady_time::duration tick = tick_;
  return static_cast<std::uint64_t>(d.count() / tick.count() + (d.count() % tick.count() != 0 ? 1 : 0));
}

void timer_wheel::link(entry& list, entry& e) noexcept {
  e.prev_ = list.prev_;
  e.next_ = &list;
  list.prev_->next_ = &e;
  list.prev_ = &e;
}

void timer_wheel::arm(entry& e, base::steady_time deadline) noexcept {
  e.cancel();
  e.tick_ = std::max(tick_of(deadline), current_ + 1);
  link(slots_[e.tick_ % size_].end, e);
}

void timer_wheel::arm_after(entry& e, base::steady_time::duration d) noexcept {
  e.cancel();
  e.tick_ = ticks_of(d);
  link(fresh_.end, e);
}

void timer_wheel::place_fresh() noexcept {
  while (fresh_.end.next_ != &fresh_.end) {
    entry& e = *fresh_.end.next_;
    e.cancel();
    e.tick_ = std::max(tick_of(now_) + e.tick_, current_ + 1);
    link(slots_[e.tick_ % size_].end, e);
  }
}

void timer_wheel::advance(base::steady_time now) noexcept {
  if (now <= now_) return;
  now_ = now;
  // Rounded down. The tick of a deadline was rounded up, so once it is reached the deadline has passed.
  const base::steady_time::duration tick = tick_;
  const auto target = static_cast<std::uint64_t>((now - start_).count() / tick.count());
  if (target == current_) return place_fresh();
  const auto first = target - current_ > size_ ? target - size_ + 1 : current_ + 1;
  // Set before anything fires: entries that are armed meanwhile then belong to a later call, so that this loop ends.
  current_ = target;
  place_fresh();
  for (auto t = first; t <= target; ++t) fire(slots_[t % size_].end);
}

void timer_wheel::fire(entry& list) noexcept {
  if (list.next_ == &list) return;
  slot due;
  due.end.next_ = list.next_;
  due.end.prev_ = list.prev_;
  due.end.next_->prev_ = &due.end;
  due.end.prev_->next_ = &due.end;
  list.prev_ = list.next_ = &list;
  while (due.end.next_ != &due.end) {
    entry& e = *due.end.next_;
    e.cancel();
    if (e.tick_ > current_) {
      link(list, e);  // due in a later turn of the wheel
    } else {
      e.run_(e);
    }
  }
}

}  // namespace streamdemo::http
