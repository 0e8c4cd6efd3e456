#include "processor/handlers/video/frame_rate.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace streamdemo::processor {

namespace {

// Screens rarely show more, and a file must not demand more work than that.
constexpr double most_frames_a_second = 120;
constexpr double least = 0.01;
constexpr std::array<rational, 10> usual{
    {{24000, 1001}, {24, 1}, {25, 1}, {30000, 1001}, {30, 1}, {50, 1}, {60000, 1001}, {60, 1}, {100, 1}, {120, 1}}};

bool sane(rational r, double limit = most_frames_a_second) {
  return r.value() >= least && r.value() <= limit + 0.5;
}

// The index of the frame at `seconds`, at a constant `rate`.
long slot(double seconds, double rate) {
  return std::lround(seconds * rate);
}

// Whether at this rate every frame gets an index of its own, near its time.
bool fits(const std::vector<double>& times, double rate, double tolerance) {
  for (std::size_t i = 1; i < times.size(); ++i) {
    const auto at = (times[i] - times[0]) * rate;
    if (std::abs(at - std::round(at)) > tolerance) return false;
    if (slot(times[i] - times[0], rate) <= slot(times[i - 1] - times[0], rate)) return false;
  }
  return true;
}

// Whether they fit, and most frames also have adjacent indices. (25 frames a second fit into 50 as well, but are
// not 50.)
bool constant(const std::vector<double>& times, double rate) {
  if (!fits(times, rate, 0.35)) return false;
  std::size_t beside = 0;
  for (std::size_t i = 1; i < times.size(); ++i) {
    beside += slot(times[i] - times[0], rate) - slot(times[i - 1] - times[0], rate) == 1;
  }
  return 10 * beside >= 9 * (times.size() - 1);
}

// Divides a rate that is too high by a whole number.
rational lowered(rational r) {
  return {r.num, r.den * static_cast<std::int64_t>(std::ceil(r.value() / 60 - 0.01))};
}

rational variable(const timing& t) {
  if (sane(t.nominal, 60) && t.nominal.value() >= 10 && fits(t.times, t.nominal.value(), 0.35)) return t.nominal;
  if (!fits(t.times, 60, 0.5) && fits(t.times, most_frames_a_second, 0.5)) return {120, 1};
  return {60, 1};
}

// The rate that the file names, and the common rate that is nearest to that of its frames.
std::vector<rational> candidates(const timing& t) {
  const auto mean = static_cast<double>(t.times.size() - 1) / (t.times.back() - t.times.front());
  const auto nearest = std::min_element(usual.begin(), usual.end(), [mean](const auto& a, const auto& b) {
    return std::abs(a.value() - mean) < std::abs(b.value() - mean);
  });
  return {t.average, t.nominal, *nearest};
}

}  // namespace

frame_rate choose_rate(timing t) {
  std::sort(t.times.begin(), t.times.end());
  if (t.times.size() < 3 || t.times.back() <= t.times.front()) {
    for (const auto r : {t.average, t.nominal}) {
      if (sane(r)) return {r, true};
    }
    return {{25, 1}, true};
  }
  for (const auto r : candidates(t)) {
    if (!sane(r, 100000) || !constant(t.times, r.value())) continue;
    if (t.mean && *t.mean > r.value() * 1.02) continue;
    return {sane(r) ? r : lowered(r), true};
  }
  return {variable(t), false};
}

}  // namespace streamdemo::processor
