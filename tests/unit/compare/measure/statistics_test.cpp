#include "compare/measure/statistics.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::compare;

TEST_CASE("a percentile is a sample, and so many others do not exceed it") {
  std::vector<double> hundred;
  for (int i = 1; i <= 100; ++i) hundred.push_back(i);
  CHECK(percentile(hundred, 0.5) == 50);
  CHECK(percentile(hundred, 0.9) == 90);
  CHECK(percentile(hundred, 0.99) == 99);
  CHECK(percentile(hundred, 0) == 1);
  CHECK(percentile(hundred, 1) == 100);
  CHECK(percentile({7}, 0.99) == 7);
}

TEST_CASE("a summary does not depend on the order, and of nothing there is none") {
  const auto s = summarize({3, 1, 2, 10});
  REQUIRE(s);
  CHECK(s->count == 4);
  CHECK(s->min == 1);
  CHECK(s->p50 == 2);
  CHECK(s->max == 10);
  CHECK(s->mean == 4);
  CHECK_FALSE(summarize({}));
}

TEST_CASE("the spread is how much the slowest exceeds the fastest") {
  CHECK(spread({100, 110, 105}) == doctest::Approx(0.10));
  CHECK(spread({5}) == 0);
  CHECK(spread({}) == 0);
}
