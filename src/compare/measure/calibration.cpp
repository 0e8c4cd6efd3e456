#include "compare/measure/calibration.hpp"

#include <chrono>
#include <cstdint>

#include "compare/measure/statistics.hpp"

namespace streamdemo::compare {

namespace {

constexpr int calibrating_turns = 7;
constexpr std::uint32_t steps = 8'000'000;

double time_the_loop() {
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t x = 88172645463325252ULL;
  for (std::uint32_t i = 0; i < steps; ++i) {
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
  }
  // Use the result, or the compiler would remove the loop.
  [[maybe_unused]] volatile std::uint64_t sink = x;
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

void calibration::look() {
  std::vector<double> times;
  for (int i = 0; i < calibrating_turns; ++i) times.push_back(time_the_loop());
  note(median(std::move(times)));
}

double calibration::spread() const {
  return compare::spread(samples_);
}

}  // namespace streamdemo::compare
