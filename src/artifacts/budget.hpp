// Counts the bytes of a store against its limit, separately for inputs and outputs, and for visible files and files
// that are being written. Thread-safe. Files of other processes in the same directory are counted when a scan reports
// them.
#pragma once
#include <algorithm>
#include <cstdint>
#include <mutex>

namespace streamdemo::artifacts {

enum class sort { input, output };

class budget {
 public:
  budget(std::uint64_t max_bytes, std::uint64_t max_inputs) : max_(max_bytes), max_inputs_(max_inputs) {}

  // Reserves `n` bytes for a file that is being written. False: they do not fit.
  bool reserve(sort s, std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    const bool room = n <= max_ && inputs_.all() + outputs_.all() <= max_ - n;
    if (!room || (s == sort::input && !inputs_may_grow(n))) return false;
    of(s).pending += n;
    return true;
  }

  // Releases the reservation of a file that was removed or has become visible.
  void release(sort s, std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    of(s).pending -= n;
  }
  void publish(sort s, std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    of(s).pending -= n;
    of(s).visible += n;
  }

  // A visible file was removed.
  void remove(sort s, std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    of(s).visible -= std::min(n, of(s).visible);
  }

  // Sets the total that a scan found. No file may be published during the scan.
  void set_visible(sort s, std::uint64_t n) {
    const std::lock_guard lock(mutex_);
    of(s).visible = n;
  }

  // Whether `n` bytes would fit if enough outputs were removed.
  bool can_fit(sort s, std::uint64_t n) const {
    const std::lock_guard lock(mutex_);
    const auto fixed = inputs_.all() + outputs_.pending;
    return n <= max_ && fixed <= max_ - n && (s == sort::output || inputs_may_grow(n));
  }
  // How many bytes the visible outputs may have so that `n` more bytes fit.
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
