#include "compare/measure/calibration.hpp"

#include <doctest/doctest.h>

using streamdemo::compare::calibration;

TEST_CASE("a machine is noisy when the same work varied by more than a tenth") {
  calibration c;
  for (const double ms : {100.0, 104.0, 109.0}) c.note(ms);
  CHECK(c.spread() == doctest::Approx(0.09));
  CHECK_FALSE(c.noisy());
  c.note(111);
  CHECK(c.noisy());
}

TEST_CASE("a look takes one sample of real time") {
  calibration c;
  c.look();
  REQUIRE(c.samples().size() == 1);
  CHECK(c.samples().front() > 0);
}
