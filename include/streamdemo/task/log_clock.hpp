// The present time by the log: the time that a broker gave to a record, plus the steady time since then
// (base::clock::even). So a step of a wall clock, of a broker or of this machine, has no effect on processes that ran
// before the step. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <algorithm>
#include <optional>

namespace streamdemo::task {

class log_clock {
 public:
  // Starts the clock: a record that this process wrote was read at `now`, at most `on_its_way` after the broker gave it
  // its time. During the first half minute, the record with the shortest way counts, within that bound.
  void begin(base::sys_time logged, base::steady_time now, base::steady_time::duration on_its_way) noexcept {
    const auto sample = since_zero(logged, now);
    const auto most = sample + std::chrono::duration_cast<base::microseconds>(on_its_way);
    if (!ahead_) {
      began_ = held_at_ = now;
      ahead_ = sample;
      most_ = most;
    }
    most_ = std::max(std::min(most_, most), *ahead_);
    settle(sample);
  }

  // Any record was read at `now`. The clock moves towards its time, but not faster than clocks drift.
  void seen(base::sys_time logged, base::steady_time now) noexcept {
    if (!ahead_) return;
    if (now - began_ < settling) {
      settle(since_zero(logged, now));
      held_at_ = now;
      return;
    }
    const auto room = std::chrono::duration_cast<base::microseconds>(now - held_at_) / drift;
    if (room.count() == 0) return;
    held_at_ = now;
    *ahead_ += std::clamp(since_zero(logged, now) - *ahead_, -room, room);
  }

  // nullopt before begin().
  std::optional<base::sys_time> at(base::steady_time now) const noexcept {
    if (!ahead_) return std::nullopt;
    return base::sys_time(*ahead_ + std::chrono::duration_cast<base::microseconds>(now.time_since_epoch()));
  }

 private:
  void settle(base::microseconds sample) noexcept { ahead_ = std::max(*ahead_, std::min(sample, most_)); }

  static constexpr std::chrono::seconds settling{30};
  static constexpr int drift = 2000;  // 1/2000, that is 500 µs per second: the most that NTP corrects without a step

  static base::microseconds since_zero(base::sys_time logged, base::steady_time now) noexcept {
    return logged.time_since_epoch() - std::chrono::duration_cast<base::microseconds>(now.time_since_epoch());
  }

  std::optional<base::microseconds> ahead_;  // how far the log's time is ahead of the steady clock
  base::microseconds most_{};                // the upper bound of ahead_
  base::steady_time began_{};
  base::steady_time held_at_{};
};

}  // namespace streamdemo::task
