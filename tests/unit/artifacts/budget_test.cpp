#include "artifacts/budget.hpp"

#include <doctest/doctest.h>

using streamdemo::artifacts::budget;

TEST_CASE("what is visible and what is being written share one limit") {
  budget b(100);
  b.set_visible(40);
  CHECK(b.reserve(60));
  CHECK_FALSE(b.reserve(1));
  b.publish(60);
  CHECK(b.visible() == 100);
  CHECK(b.pending() == 0);
  b.set_visible(10);
  CHECK(b.reserve(90));
  b.release(90);
  CHECK(b.reserve(90));
}

TEST_CASE("a request over the whole limit does not wrap around") {
  budget b(100);
  CHECK_FALSE(b.reserve(101));
  CHECK_FALSE(b.reserve(~std::uint64_t{0}));
  b.set_visible(1000);  // another process filled the volume
  CHECK_FALSE(b.reserve(1));
}
