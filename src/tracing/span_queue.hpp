// The ended spans that wait to be sent, encoded, in the batches in which they will be. Never more than its bound. Any
// thread; put() holds a mutex for the time of one copy, and no other function holds it longer.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

namespace streamdemo::tracing {

struct span_batch {
  std::string encoded;  // one span after the other
  std::size_t spans = 0;
};

class span_queue {
 public:
  span_queue(std::size_t most, std::size_t batch) : most_(most), batch_(batch) {}

  // False: there is no room, or it is closed.
  bool put(std::string_view encoded) noexcept;
  // Waits until a batch is full or `until` has passed or it is closed; gives at most one batch, the oldest spans.
  // `sent`: a batch that is done with; its memory is used again.
  span_batch take(base::steady_time until, span_batch sent = {});
  // Waits without taking anything. True: it was closed.
  bool wait_for_close(base::steady_time until);
  // Nothing more is taken in, and nobody waits any more.
  void close();
  bool is_closed() const;
  std::size_t size() const noexcept { return size_.load(std::memory_order_relaxed); }
  // One more would not be taken now.
  bool is_full() const noexcept { return size() >= most_; }

 private:
  const std::size_t most_;
  const std::size_t batch_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<span_batch> batches_;  // all are full but the last
  std::string spare_;
  std::atomic<std::size_t> size_{0};  // of all spans; read without the mutex
  bool closed_ = false;
};

}  // namespace streamdemo::tracing
