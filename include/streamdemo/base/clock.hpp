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
};

class system_clock final : public clock {
 public:
  sys_time now() const override { return std::chrono::time_point_cast<microseconds>(std::chrono::system_clock::now()); }
};

// RFC 3339, UTC: "2026-11-22T10:00:00.123456Z" and, cut to milliseconds, "2026-11-22T10:00:00.123Z".
std::string format_micros(sys_time t);
std::string format_millis(sys_time t);

// Reads any RFC 3339 date-time (any offset, up to nine fractional digits, cut to microseconds).
std::optional<sys_time> parse_time(std::string_view text);

}  // namespace streamdemo::base
