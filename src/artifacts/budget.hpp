// Counts the bytes of a store against its limit, inputs and outputs apart: what is visible, and what is being written.
// Called by the store from any thread. Other processes on the same volume are counted when a scan of the directory
// hands in the truth.
#pragma once
#include <algorithm>
#include <cstdint>
#include <mutex>

namespace streamdemo::artifacts {

enum class sort { input, output };

class budget {
 public:
  budget(std::uint64_t max_bytes, std::uint64_t max_inputs) : max_(max_bytes), max_inputs_(max_inputs) {}

  // Sets `n` bytes aside for a file being written. False: they would not fit.
  bool reserve(sort s, std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    const bool room = n <= max_ && inputs_.all() + outputs_.all() <= max_ - n;
    if (!room || (s == sort::input && !inputs_may_grow(n))) return false;
    of(s).pending += n;
    return true;
  }

  // A file that was being written is gone, or became visible.
  void release(sort s, std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    of(s).pending -= n;
  }
  void publish(sort s, std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    of(s).pending -= n;
    of(s).visible += n;
  }

  // A visible file is gone.
  void remove(sort s, std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    of(s).visible -= std::min(n, of(s).visible);
  }

  // What a scan found, during which nothing was published.
  void set_visible(sort s, std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    of(s).visible = n;
  }

  // Whether `n` bytes fit once enough outputs have gone.
  bool can_fit(sort s, std::uint64_t n) const {
    const std::lock_guard lock(mutex_);
    const auto fixed = inputs_.all() + outputs_.pending;
    return n <= max_ && fixed <= max_ - n && (s == sort::output || inputs_may_grow(n));
  }
  // How much visible outputs may take so that `n` bytes more fit.
  std::uint64_t outputs_beside(std::uint64_t n) const {
    const std::lock_guard lock(mutex_);
    const auto taken = inputs_.all() + outputs_.pending + n;
    return taken < max_ ? max_ - taken : 0;
  }

  std::uint64_t visible(sort s) const {
    const std::lock_guard lock(mutex_);
    return s == sort::input ? inputs_.visible : outputs_.visible;
  }
  std::uint64_t max() const noexcept { return max_; }
  std::uint64_t max_inputs() const noexcept { return max_inputs_; }

 private:
  struct amount {
    std::uint64_t visible = 0;
    std::uint64_t pending = 0;
    std::uint64_t all() const noexcept { return visible + pending; }
  };
  amount& of(sort s) noexcept { return s == sort::input ? inputs_ : outputs_; }
  bool inputs_may_grow(std::uint64_t n) const noexcept { return n <= max_inputs_ && inputs_.all() <= max_inputs_ - n; }

  const std::uint64_t max_;
  const std::uint64_t max_inputs_;
  mutable std::mutex mutex_;
  amount inputs_;
  amount outputs_;
};

}  // namespace streamdemo::artifacts
