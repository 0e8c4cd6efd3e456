#include "compare/report/verdict.hpp"

#include <doctest/doctest.h>

#include "unit/compare/report/report_samples.hpp"

using namespace streamdemo::compare;
using namespace streamdemo::compare::test;

TEST_CASE("a sentence stands only where all its numbers were measured") {
  auto r = sample_report();
  const auto said = verdicts(r);
  REQUIRE(said.size() == 1);  // neither the classic poll, nor the long poll, nor WebSocket
  for (const auto* number : {"100 ms", "500 requests", "50.0 %", "2.00 times the bytes"}) {
    CAPTURE(said.front());
    CHECK(said.front().find(number) != std::string::npos);
  }
  r.sections.front().rows[2].complete = 0;
  CHECK(verdicts(r).empty());
  CHECK(verdicts(report{}).empty());
}
