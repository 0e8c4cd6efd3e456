// How far the bus's clock is ahead of ours, learned from records this instance wrote: log time minus sending time is
// the offset and the way to the bus. The fastest ways tell most, so a smaller sample counts at once, a larger one
// slowly. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

namespace streamdemo::gateway {

class own_clock_offset {
 public:
  void seen(base::sys_time sent, base::sys_time logged) noexcept {
    const auto sample = logged - sent;
    if (!known_ || sample < value_) {
      value_ = sample;
    } else {
      value_ += (sample - value_) / 16;
    }
    known_ = true;
  }

  // Zero before the first record.
  base::microseconds value() const noexcept { return value_; }

 private:
  base::microseconds value_{0};
  bool known_ = false;
};

}  // namespace streamdemo::gateway
