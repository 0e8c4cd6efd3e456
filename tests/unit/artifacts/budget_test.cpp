#include "artifacts/budget.hpp"

#include <doctest/doctest.h>

using streamdemo::artifacts::budget;
using enum streamdemo::artifacts::sort;

TEST_CASE("what is visible and what is being written share one limit, inputs and outputs alike") {
  budget b(100, 100);
  b.set_visible(output, 40);
  CHECK(b.reserve(output, 60));
  CHECK_FALSE(b.reserve(input, 1));
  b.publish(output, 60);
  CHECK(b.visible(output) == 100);
  b.set_visible(output, 10);
  CHECK(b.reserve(input, 90));
  b.release(input, 90);
  CHECK(b.reserve(output, 90));
}

TEST_CASE("inputs have a limit of their own, which leaves room for outputs") {
  budget b(100, 75);
  b.set_visible(input, 40);
  CHECK(b.reserve(input, 35));
  CHECK_FALSE(b.reserve(input, 1));
  CHECK_FALSE(b.can_fit(input, 1));
  CHECK(b.reserve(output, 25));
  CHECK_FALSE(b.reserve(output, 1));
  b.publish(output, 25);
  CHECK(b.can_fit(output, 25));
  CHECK_FALSE(b.can_fit(output, 26));
}

TEST_CASE("outputs that are there may go for what comes, inputs and what is being written may not") {
  budget b(100, 75);
  b.set_visible(input, 30);
  b.set_visible(output, 70);
  CHECK(b.outputs_beside(0) == 70);
  CHECK_FALSE(b.reserve(input, 40));
  CHECK(b.can_fit(input, 40));
  CHECK(b.outputs_beside(40) == 30);
  b.set_visible(output, 30);
  CHECK(b.reserve(input, 40));
  CHECK(b.outputs_beside(40) == 0);
}

TEST_CASE("a request over the whole limit does not wrap around") {
  budget b(100, 75);
  for (const auto s : {input, output}) {
    CHECK_FALSE(b.reserve(s, 101));
    CHECK_FALSE(b.reserve(s, ~std::uint64_t{0}));
    CHECK_FALSE(b.can_fit(s, ~std::uint64_t{0}));
  }
  b.set_visible(output, 1000);  // another process filled the volume
  CHECK_FALSE(b.reserve(input, 1));
  CHECK(b.can_fit(input, 1));
}
