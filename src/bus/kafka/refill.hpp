// When to remind librdkafka of a partition. It stops fetching one whose queue is full, and looks at it again only when
// its thread happens to wake, up to a second after the queue has run empty. Pure; of one partition.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace streamdemo::bus::kafka {

class refill {
 public:
  // Records came, or nothing is missing.
  void served() noexcept {
    if (!std::exchange(empty_since_, std::nullopt)) return;
    patience_ = std::max(patience_ / 2, shortest);
  }
  // The queue is empty, and the log is known to have more.
  void missed(base::steady_time now) noexcept {
    if (!empty_since_) empty_since_ = now;
  }
  std::optional<base::steady_time> due() const noexcept {
    return empty_since_ ? std::optional(*empty_since_ + patience_) : std::nullopt;
  }
  // A fetch under way is in vain when the library is reminded, so the next one gets longer.
  void reminded(base::steady_time now) noexcept {
    empty_since_ = now;
    patience_ = std::min(patience_ * 2, longest);
  }

 private:
  // Most fetches are answered sooner.
  static constexpr base::milliseconds shortest{20};
  static constexpr base::milliseconds longest{5000};

  std::optional<base::steady_time> empty_since_;
  base::milliseconds patience_ = shortest;
};

}  // namespace streamdemo::bus::kafka
