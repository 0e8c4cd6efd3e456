// A clock for tests, which the test moves.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <atomic>

namespace streamdemo::test {

// A clock that stands still until it is moved. Any thread.
class hand_clock final : public base::clock {
 public:
  // Where it stands first: 2027-01-15T08:00:00Z.
  static constexpr base::sys_time epoch{std::chrono::seconds{1'800'000'000}};

  base::sys_time now() const override { return base::sys_time{base::microseconds{micros_.load()}}; }
  base::steady_time even() const override { return base::steady_time{base::microseconds{even_.load()}}; }
  void advance(base::microseconds d) {
    micros_ += d.count();
    even_ += d.count();
  }
  // Sets the wall clock only, as an administrator would.
  void step(base::microseconds d) { micros_ += d.count(); }

 private:
  std::atomic<std::int64_t> micros_ = epoch.time_since_epoch().count();
  std::atomic<std::int64_t> even_ = base::microseconds(std::chrono::hours(1)).count();
};

}  // namespace streamdemo::test
