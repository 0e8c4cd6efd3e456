// What time it is by the log: the time that a broker gave to a record, carried on by a clock that nobody sets
// (base::clock::even). A step of a wall clock, a broker's or this machine's, changes nothing for whoever ran before it.
// Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <algorithm>
#include <optional>

namespace streamdemo::task {

class log_clock {
 public:
  // A record of our own was read `now`; it starts the clock. On its way from us to us it grew older, by less than
  // `on_its_way`: of those that come in the first half minute the youngest counts, as far as that is possible.
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

  // Any record was read `now`. The clock is moved towards it by no more than clocks drift.
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

  // Nothing before begin().
  std::optional<base::sys_time> at(base::steady_time now) const noexcept {
    if (!ahead_) return std::nullopt;
    return base::sys_time(*ahead_ + std::chrono::duration_cast<base::microseconds>(now.time_since_epoch()));
  }

 private:
  void settle(base::microseconds sample) noexcept { ahead_ = std::max(*ahead_, std::min(sample, most_)); }

  static constexpr std::chrono::seconds settling{30};
  static constexpr int drift = 2000;  // 500 µs a second: what NTP corrects at most without a step

  static base::microseconds since_zero(base::sys_time logged, base::steady_time now) noexcept {
    return logged.time_since_epoch() - std::chrono::duration_cast<base::microseconds>(now.time_since_epoch());
  }

  std::optional<base::microseconds> ahead_;  // of the even clock
  base::microseconds most_{};                // that this can be
  base::steady_time began_{};
  base::steady_time held_at_{};
};

}  // namespace streamdemo::task
