#include "compare/report/report.hpp"

#include <doctest/doctest.h>

#include "unit/compare/report/report_samples.hpp"

using namespace streamdemo::compare;
using namespace streamdemo::compare::test;

namespace {

std::optional<double> value(const report& r, std::string_view what) {
  for (const auto& one : r.ratios()) {
    if (one.what == what) return one.value;
  }
  return std::nullopt;
}

}  // namespace

TEST_CASE("ratios are against SSE") {
  const auto r = sample_report();
  CHECK(value(r, "requests") == 50);
  CHECK(value(r, "bytes on the wire") == 2);
  CHECK(value(r, "median delay") == 100);
  CHECK(value(r, "server CPU") == 2);
}

TEST_CASE("no ratio is made of what was not measured whole") {
  auto r = sample_report();
  r.sections.front().rows[1].server_cpu_us.reset();
  CHECK_FALSE(value(r, "server CPU"));
  CHECK(value(r, "requests"));
  r.sections.front().rows[1].complete = 9;
  CHECK(r.ratios().empty());
  CHECK_FALSE(r.complete());
}

TEST_CASE("a report with a problem is not complete") {
  auto r = sample_report();
  CHECK(r.complete());
  r.problems.push_back("x");
  CHECK_FALSE(r.complete());
}
