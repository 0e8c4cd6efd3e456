// The time in one partition, whose records get their log time from whichever broker leads it. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <algorithm>

namespace streamdemo::gateway {

class partition_clock {
 public:
  // The time from which the next record, read at `read`, counts as written when it is decided how long a task is kept:
  // its log time, but never after `now` and never before the previous record. Otherwise, when a broker's clock is set
  // back, a task that has just ended would look as old as that. What is written while the clock is behind, or soon
  // after, may be kept longer by as much at most. `now`: the present time by the whole log (task::log_clock).
  base::sys_time written(base::sys_time logged, base::sys_time now, base::steady_time read) noexcept {
    auto at = logged + behind_;
    // Then count the time that has passed between the two reads.
    if (at < last_) at = last_ + since(read);
    at = std::min(at, now);
    behind_ = std::max(at - logged, base::microseconds{0});
    last_ = std::max(last_, at);
    logged_ = logged;
    read_ = read;
    return at;
  }

  // The log time that a record written now would get.
  base::sys_time log_time(base::steady_time now) const noexcept { return logged_ + since(now); }

  struct state {
    base::sys_time last{};
    base::sys_time logged{};
    base::microseconds behind{0};
  };
  state now() const noexcept { return {last_, logged_, behind_}; }
  // Continues as if the last record had been read at `read`.
  void restore(const state& s, base::steady_time read) noexcept {
    last_ = s.last;
    logged_ = s.logged;
    behind_ = s.behind;
    read_ = read;
  }

 private:
  base::microseconds since(base::steady_time now) const noexcept {
    return std::chrono::duration_cast<base::microseconds>(now - read_);
  }

  base::sys_time last_{};
  base::sys_time logged_{};
  base::steady_time read_{};
  base::microseconds behind_{0};  // how far the clock that stamps the records is behind
};

}  // namespace streamdemo::gateway
