// Time as a value. Pure classes take the time as an argument; their callers read it from a clock.
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

// The wall clock: UTC, in microseconds. Thread-safe. Tests pass in a clock of their own.
class clock {
 public:
  virtual ~clock() = default;
  virtual sys_time now() const = 0;
  // A steady time, for durations: it does not jump when somebody sets the wall clock. The default is right for a clock
  // that nobody sets, such as one of a test.
  virtual steady_time even() const { return steady_time(now().time_since_epoch()); }
};

class system_clock final : public clock {
 public:
  sys_time now() const override { return std::chrono::time_point_cast<microseconds>(std::chrono::system_clock::now()); }
  // Counts the time in which the machine is suspended, too (CLOCK_BOOTTIME).
  steady_time even() const override;
};

// The wall time at construction plus the steady time since then. For times that are compared with each other: setting
// the wall clock later does not change their order.
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
void append_micros(std::string& out, sys_time t);
void append_millis(std::string& out, sys_time t);

// Reads any RFC 3339 date-time: any UTC offset, up to nine fractional digits, truncated to microseconds. nullopt: the
// text is none.
std::optional<sys_time> parse_time(std::string_view text);

}  // namespace streamdemo::base
