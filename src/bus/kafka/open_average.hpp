// How many publishes were open on average in about the last tenth of a second. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <cmath>
#include <cstddef>

namespace streamdemo::bus::kafka {

class open_average {
 public:
  // From `now` on, so many are open.
  void set(std::size_t open, base::steady_time now) noexcept {
    average_ = get(now);
    open_ = static_cast<double>(open);
    since_ = now;
  }
  double get(base::steady_time now) const noexcept {
    using seconds = std::chrono::duration<double>;
    const double share_of_old = std::exp(-seconds(now - since_) / seconds(memory));
    return open_ + (average_ - open_) * share_of_old;
  }

 private:
  static constexpr base::milliseconds memory{100};

  double average_ = 0;
  double open_ = 0;
  base::steady_time since_{};
};

}  // namespace streamdemo::bus::kafka
