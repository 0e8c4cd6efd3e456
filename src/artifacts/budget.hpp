// Counts the bytes of a store against its limit: what is visible, and what is being written. Called by the store from
// any thread. Other processes on the same volume are counted when a scan of the directory hands in the truth.
#pragma once
#include <cstdint>
#include <mutex>

namespace streamdemo::artifacts {

class budget {
 public:
  explicit budget(std::uint64_t max_bytes) : max_(max_bytes) {}

  // Sets `n` bytes aside for a file being written. False: they would not fit.
  bool reserve(std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    if (n > max_ || visible_ + pending_ > max_ - n) return false;
    pending_ += n;
    return true;
  }

  // A file that was being written is gone, or became visible.
  void release(std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    pending_ -= n;
  }
  void publish(std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    pending_ -= n;
    visible_ += n;
  }

  // What a scan found.
  void set_visible(std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    visible_ = n;
  }

  std::uint64_t visible() const {
    const std::lock_guard lock(mutex_);
    return visible_;
  }
  std::uint64_t pending() const {
    const std::lock_guard lock(mutex_);
    return pending_;
  }
  std::uint64_t max() const noexcept { return max_; }

 private:
  const std::uint64_t max_;
  mutable std::mutex mutex_;
  std::uint64_t visible_ = 0;
  std::uint64_t pending_ = 0;
};

}  // namespace streamdemo::artifacts
