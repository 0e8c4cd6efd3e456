// What time it is in one partition, whose records are stamped by whichever broker leads it. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <algorithm>

namespace streamdemo::gateway {

class partition_clock {
 public:
  // When the next record, read `read`, was written as far as it matters for how long something is kept: its log time,
  // but never after now, and never before the record in front. The clock of a broker that is put back would make what
  // has just ended look as old as that. What is written in such a time, or soon after it, is kept longer, by as much at
  // most. `now`: the time by the whole log (task::log_clock).
  base::sys_time written(base::sys_time logged, base::sys_time now, base::steady_time read) noexcept {
    auto at = logged + behind_;
    // At most so much time has passed for whoever writes.
    if (at < last_) at = last_ + since(read);
    at = std::min(at, now);
    behind_ = std::max(at - logged, base::microseconds{0});
    last_ = std::max(last_, at);
    logged_ = logged;
    read_ = read;
    return at;
  }

  // The log time that a record would have which were written now.
  base::sys_time log_time(base::steady_time now) const noexcept { return logged_ + since(now); }

 private:
  base::microseconds since(base::steady_time now) const noexcept {
    return std::chrono::duration_cast<base::microseconds>(now - read_);
  }

  base::sys_time last_{};
  base::sys_time logged_{};
  base::steady_time read_{};
  base::microseconds behind_{0};  // the clock that stamps the records
};

}  // namespace streamdemo::gateway
