#include "gateway/tasks/placement/moving_average.hpp"

#include <doctest/doctest.h>

using streamdemo::gateway::moving_average;

TEST_CASE("an average is the first value, and then moves a fifth of the way to each new one") {
  moving_average a;
  CHECK(!a.get());
  a.add(10);
  CHECK(a.get() == 10);
  a.add(20);
  CHECK(a.get() == 12);
  a.add(2);
  CHECK(a.get() == 10);
}
