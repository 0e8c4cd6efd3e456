#include "tracing/span_queue.hpp"

#include <algorithm>
#include <iterator>

namespace streamdemo::tracing {

bool span_queue::put(span_ptr s) noexcept {
  bool is_batch = false;
  try {
    const std::lock_guard lock(mutex_);
    if (closed_ || spans_.size() >= most_) return false;
    spans_.push_back(std::move(s));
    size_.store(spans_.size(), std::memory_order_relaxed);
    // Waking costs a system call, so the sender is woken once per batch only.
    is_batch = spans_.size() == batch_;
  } catch (const std::bad_alloc&) {
    return false;
  }
  if (is_batch) changed_.notify_one();
  return true;
}

std::vector<span_ptr> span_queue::take(base::steady_time until) {
  std::vector<span_ptr> out;
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, until, [&] { return closed_ || spans_.size() >= batch_; });
  const auto n = static_cast<std::ptrdiff_t>(std::min(batch_, spans_.size()));
  out.reserve(static_cast<std::size_t>(n));
  out.assign(std::make_move_iterator(spans_.begin()), std::make_move_iterator(spans_.begin() + n));
  spans_.erase(spans_.begin(), spans_.begin() + n);
  size_.store(spans_.size(), std::memory_order_relaxed);
  return out;
}

bool span_queue::wait_for_close(base::steady_time until) {
  std::unique_lock lock(mutex_);
  return changed_.wait_until(lock, until, [&] { return closed_; });
}

void span_queue::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

bool span_queue::is_closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

}  // namespace streamdemo::tracing
