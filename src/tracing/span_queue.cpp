#include "tracing/span_queue.hpp"

#include <utility>

namespace streamdemo::tracing {

bool span_queue::put(std::string_view encoded) noexcept {
  bool is_full_batch = false;
  try {
    const std::lock_guard lock(mutex_);
    if (closed_ || size() >= most_) return false;
    if (batches_.empty() || batches_.back().spans == batch_) batches_.push_back({std::exchange(spare_, {}), 0});
    auto& last = batches_.back();
    last.encoded += encoded;
    ++last.spans;
    size_.store(size() + 1, std::memory_order_relaxed);
    // Waking costs a system call, so the sender is woken once per batch only.
    is_full_batch = last.spans == batch_;
  } catch (const std::bad_alloc&) {
    return false;
  }
  if (is_full_batch) changed_.notify_one();
  return true;
}

span_batch span_queue::take(base::steady_time until, span_batch sent) {
  sent.encoded.clear();
  std::unique_lock lock(mutex_);
  if (spare_.capacity() < sent.encoded.capacity()) spare_ = std::move(sent.encoded);
  changed_.wait_until(lock, until, [&] { return closed_ || (!batches_.empty() && batches_.front().spans == batch_); });
  if (batches_.empty()) return {};
  auto oldest = std::move(batches_.front());
  batches_.pop_front();
  size_.store(size() - oldest.spans, std::memory_order_relaxed);
  return oldest;
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
