// The bus's time as this process can know it: its own clock plus the offset seen on its own records. A record is
// stamped when the bus takes it, so the smallest of the last few differences is the one with the least delay in it.
// Pure; used by decisions; one thread.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <algorithm>
#include <array>

namespace streamdemo::processor {

class bus_time {
 public:
  // An own record: when it was made by the own clock, and its log time.
  void own_record(base::sys_time made, base::sys_time log_time) {
    seen_[next_++ % seen_.size()] = log_time - made;
    const auto n = std::min(next_, seen_.size());
    offset_ = *std::min_element(seen_.begin(), seen_.begin() + static_cast<std::ptrdiff_t>(n));
  }

  base::sys_time at(base::sys_time own_clock) const { return own_clock + offset_; }

 private:
  std::array<base::microseconds, 16> seen_{};
  std::size_t next_ = 0;
  base::microseconds offset_{0};
};

}  // namespace streamdemo::processor
