// An average of what was measured lately: each new value counts for a fifth, what was before it for the rest. Pure.
#pragma once
#include <optional>

namespace streamdemo::gateway {

class moving_average {
 public:
  void add(double value) noexcept { average_ = average_ ? *average_ + share_of_newest * (value - *average_) : value; }
  // nullopt: nothing was measured yet.
  std::optional<double> get() const noexcept { return average_; }

 private:
  static constexpr double share_of_newest = 0.2;

  std::optional<double> average_;
};

}  // namespace streamdemo::gateway
