// Time as a value. Pure classes take a time as an argument; whoever calls them asks a clock.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::base {

using microseconds = std::chrono::microseconds;
using milliseconds = std::chrono::milliseconds;
using sys_time = std::chrono::sys_time<microseconds>;
using steady_time = std::chrono::steady_clock::time_point;

// Wall clock, UTC, microseconds. Thread-safe. Tests hand in another.
class clock {
 public:
  virtual ~clock() = default;
  virtual sys_time now() const = 0;
  // Goes on evenly, whoever sets the wall clock meanwhile; for spans of time. A clock that nobody sets is one already.
  virtual steady_time even() const { return steady_time(now().time_since_epoch()); }
};

class system_clock final : public clock {
 public:
  sys_time now() const override { return std::chrono::time_point_cast<microseconds>(std::chrono::system_clock::now()); }
  // Also while the machine sleeps.
  steady_time even() const override;
};

// The wall clock as it stood when this was made, carried on evenly: for what is compared with times of before.
class carried_clock final : public clock {
 public:
  explicit carried_clock(const clock& c) : clock_(c), began_(c.now()), even_(c.even()) {}
  sys_time now() const override { return began_ + std::chrono::duration_cast<microseconds>(even() - even_); }
  steady_time even() const override { return clock_.even(); }

 private:
  const clock& clock_;
  const sys_time began_;
  const steady_time even_;
};

// RFC 3339, UTC: "2026-11-22T10:00:00.123456Z" and, cut to milliseconds, "2026-11-22T10:00:00.123Z".
std::string format_micros(sys_time t);
std::string format_millis(sys_time t);

// Reads any RFC 3339 date-time (any offset, up to nine fractional digits, cut to microseconds).
std::optional<sys_time> parse_time(std::string_view text);

}  // namespace streamdemo::base
