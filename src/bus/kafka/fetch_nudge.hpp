// Decides when to make librdkafka fetch more of a partition. It stops fetching when the partition's queue is full, and
// checks again only when its thread happens to wake, up to a second after the queue has become empty. Pure; one per
// partition.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace streamdemo::bus::kafka {

class fetch_nudge {
 public:
  // Records arrived, or the log has no more.
  void served() noexcept {
    if (!std::exchange(empty_since_, std::nullopt)) return;
    patience_ = std::max(patience_ / 2, shortest);
  }
  // The queue was full, so the library has stopped fetching: once the queue is empty there is no fetch to wait for.
  void was_full() noexcept { stopped_ = true; }
  // The queue is empty, although the log has more records.
  void missed(base::steady_time now) noexcept {
    if (!empty_since_) empty_since_ = now;
  }
  std::optional<base::steady_time> due() const noexcept {
    if (!empty_since_) return std::nullopt;
    return *empty_since_ + (stopped_ ? base::milliseconds(0) : patience_);
  }
  // The library was nudged, which discards the answer to a fetch in progress. So wait longer before the next nudge.
  void nudged(base::steady_time now) noexcept {
    empty_since_ = now;
    if (!std::exchange(stopped_, false)) patience_ = std::min(patience_ * 2, longest);
  }

 private:
  // Most fetches are answered within this time.
  static constexpr base::milliseconds shortest{20};
  static constexpr base::milliseconds longest{5000};

  std::optional<base::steady_time> empty_since_;
  base::milliseconds patience_ = shortest;
  bool stopped_ = false;
};

}  // namespace streamdemo::bus::kafka
