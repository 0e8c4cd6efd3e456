// The time at which streams hand events to their clients, and how late that is. Any thread.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/metrics.hpp>

#include <algorithm>

namespace streamdemo::gateway {

class delivery_clock {
 public:
  // `c` outlives it.
  delivery_clock(const base::clock& c, base::metrics& m)
      : clock_(c),
        lag_(
            m.histogram("streamdemo_delivery_lag_seconds",
                        "From when this gateway read an event in the log until it handed that to a stream that had all "
                        "before it; of each write, its oldest event",
                        {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60})) {}

  base::sys_time now() const { return clock_.now(); }

  // Events were handed over; the oldest of them had been read at `read`.
  void handed_over(base::sys_time read, base::sys_time at) const {
    lag_.Observe(std::chrono::duration<double>(std::max(at - read, base::sys_time::duration{})).count());
  }

 private:
  const base::clock& clock_;
  base::histogram& lag_;
};

}  // namespace streamdemo::gateway
