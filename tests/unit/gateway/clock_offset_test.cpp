#include "gateway/history/clock_offset.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace std::chrono_literals;

TEST_CASE("the fastest way to the bus tells the offset, and a clock that drifts is followed slowly") {
  gateway::own_clock_offset offset;
  const base::sys_time t{std::chrono::hours(1)};
  CHECK(offset.value() == 0us);
  offset.seen(t, t + 5s);
  CHECK(offset.value() == 5s);
  offset.seen(t, t + 3s);
  CHECK(offset.value() == 3s);
  offset.seen(t, t + 19s);
  CHECK(offset.value() == 4s);
  offset.seen(t, t - 2s);
  CHECK(offset.value() == -2s);
  for (int i = 0; i < 300; ++i) offset.seen(t, t + 1s);
  CHECK(offset.value() > 900ms);
  CHECK(offset.value() <= 1s);
}
