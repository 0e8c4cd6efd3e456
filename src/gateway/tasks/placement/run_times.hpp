// How long tasks take, and so when one that waits may begin. Pure. One thread at a time.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/string_map.hpp>

#include <cstdint>
#include <optional>
#include <vector>

#include "gateway/tasks/placement/moving_average.hpp"

namespace streamdemo::gateway {

// The time that the last tasks of each kind took, on average, the newest ones counting most. Of max_kinds kinds: those
// of other programs may have any name.
class run_times {
 public:
  static constexpr std::size_t max_kinds = 1000;

  void took(std::string_view kind, base::microseconds time);
  std::optional<base::microseconds> of(std::string_view kind) const;

 private:
  base::string_map<moving_average> average_;  // microseconds
};

// When slots come free at a processor where each task takes about as long as the last ones.
class run_forecast {
 public:
  // Nothing can be said: no task has ended yet, or all that runs is unknown.
  run_forecast() = default;
  // `running`: for how long each has run. One that has run longer than the average is expected to run for as long again
  // as it has exceeded it.
  run_forecast(std::int64_t free, std::vector<base::microseconds> running, base::microseconds average);

  // How long a task waits that has so many others before it.
  std::optional<base::microseconds> wait(std::uint32_t ahead) const;

 private:
  std::int64_t free_ = 0;
  std::vector<base::microseconds> left_;  // until each that runs now has ended, the shortest first
  base::microseconds average_{};
};

}  // namespace streamdemo::gateway
