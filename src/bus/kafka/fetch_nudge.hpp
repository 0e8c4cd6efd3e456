// When to nudge librdkafka to fetch more of a partition. It stops fetching one whose queue is full, and looks at it
// again only when its thread happens to wake, up to a second after the queue has run empty. Pure; of one partition.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace streamdemo::bus::kafka {

class fetch_nudge {
 public:
  // Records came, or nothing is missing.
  void served() noexcept {
    if (!std::exchange(empty_since_, std::nullopt)) return;
    patience_ = std::max(patience_ / 2, shortest);
  }
  // The queue was seen full, so the library has stopped: it need not be waited for once the queue is empty.
  void was_full() noexcept { stopped_ = true; }
  // The queue is empty, and the log is known to have more.
  void missed(base::steady_time now) noexcept {
    if (!empty_since_) empty_since_ = now;
  }
  std::optional<base::steady_time> due() const noexcept {
    if (!empty_since_) return std::nullopt;
    return *empty_since_ + (stopped_ ? base::milliseconds(0) : patience_);
  }
  // A fetch under way is in vain when the library is nudged, so the next one gets longer.
  void nudged(base::steady_time now) noexcept {
    empty_since_ = now;
    if (!std::exchange(stopped_, false)) patience_ = std::min(patience_ * 2, longest);
  }

 private:
  // Most fetches are answered sooner.
  static constexpr base::milliseconds shortest{20};
  static constexpr base::milliseconds longest{5000};

  std::optional<base::steady_time> empty_since_;
  base::milliseconds patience_ = shortest;
  bool stopped_ = false;
};

}  // namespace streamdemo::bus::kafka
