#include "processor/handlers/video/frame_rate.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

using namespace streamdemo::processor;

namespace {

// `digits`: to which the container rounds its times.
std::vector<double> even(int frames, double rate, double digits = 1e6, double first = 0) {
  std::vector<double> t;
  for (int i = 0; i < frames; ++i) t.push_back(std::round((first + i / rate) * digits) / digits);
  return t;
}

}  // namespace

TEST_CASE("a constant rate is kept exactly, however roughly the container tells its times") {
  const rational ntsc{30000, 1001};
  for (const auto r : {rational{1, 1}, rational{2, 1}, rational{24000, 1001}, rational{25, 1}, ntsc, rational{50, 1},
                       rational{60, 1}, rational{120, 1}}) {
    CAPTURE(r.text());
    for (const double digits : {1e3, 9e4, 1e6}) {
      const auto got = choose_rate({r, r, even(300, r.value(), digits, 0.021), std::nullopt});
      CHECK(got.rate == r);
      CHECK(got.constant);
    }
  }
}

TEST_CASE("a nominal rate that the frames do not have is not believed") {
  // Fields, not frames; the ticks of a container's clock; nothing at all.
  CHECK(choose_rate({{50, 1}, {25, 1}, even(200, 25), std::nullopt}).rate == rational{25, 1});
  CHECK(choose_rate({{1000, 1}, {1000, 1}, even(200, 30, 1e3), std::nullopt}).rate == rational{30, 1});
  CHECK(choose_rate({{90000, 1}, {0, 0}, even(200, 29.97, 9e4), std::nullopt}).rate == rational{30000, 1001});
  // Frames in the order of decoding.
  CHECK(choose_rate({{25, 1}, {25, 1}, {0, 0.16, 0.08, 0.04, 0.12, 0.32, 0.24, 0.2, 0.28}, std::nullopt}).rate ==
        rational{25, 1});
}

TEST_CASE("a rate that nobody can see becomes a whole fraction of it") {
  CHECK(choose_rate({{240, 1}, {240, 1}, even(500, 240), std::nullopt}).rate.value() == 60);
  CHECK(choose_rate({{90000, 1}, {90000, 1}, even(150, 90000), std::nullopt}).rate.value() <= 60);
}

TEST_CASE("frames that come at any time get a rate at which each has a place of its own") {
  // As a browser records: some 30 a second, by a clock of milliseconds.
  std::vector<double> browser{0};
  for (int i = 0; i < 200; ++i) browser.push_back(browser.back() + std::array{0.033, 0.034, 0.041, 0.026, 0.05}[i % 5]);
  const auto got = choose_rate({{1000, 1}, {1000, 1}, browser, std::nullopt});
  CHECK_FALSE(got.constant);
  CHECK(got.rate == rational{60, 1});
  // A screen that stood still, then moved: the grid of its clock fits all.
  std::vector<double> screen{0, 1.0 / 60, 2.0 / 60, 12, 12 + 1.0 / 60, 12.5, 13, 13.5, 14};
  CHECK(choose_rate({{60, 1}, {71, 100}, screen, std::nullopt}).rate == rational{60, 1});
  // The head of the file is even, but the whole has more frames than that makes.
  CHECK(choose_rate({{90000, 1}, {45, 1}, even(100, 30), 45.0}).rate == rational{60, 1});
}

TEST_CASE("few frames, or none with a time, take what the file says if that can be") {
  CHECK(choose_rate({{25, 1}, {0, 0}, {0}, std::nullopt}).rate == rational{25, 1});
  CHECK(choose_rate({{90000, 1}, {0, 0}, {}, std::nullopt}).rate == rational{25, 1});
  CHECK(choose_rate({{0, 0}, {0, 0}, {1, 1, 1, 1}, std::nullopt}).rate == rational{25, 1});
}
