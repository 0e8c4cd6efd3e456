#include "compare/report/text_report.hpp"

#include <doctest/doctest.h>

#include "unit/compare/report/report_samples.hpp"

using namespace streamdemo::compare;
using namespace streamdemo::compare::test;

TEST_CASE("what was not measured is a dash, never a number") {
  auto r = sample_report();
  r.sections.front().rows[2].server_cpu_us.reset();
  r.sections.front().rows[2].client_cpu_us.reset();
  const auto costs = cost_table(r.sections.front());
  const auto& head = costs.front();
  const auto at = static_cast<std::size_t>(std::find(head.begin(), head.end(), "server µs/res") - head.begin());
  REQUIRE(at < head.size());
  CHECK(costs[3][at] == "-");
  CHECK(costs[2][at] == "60.0");
}

TEST_CASE("a problem and a noisy machine are said") {
  auto r = sample_report();
  CHECK(text_report(r).find("quiet") != std::string::npos);
  r.problems.push_back("the server went away");
  r.calibration.note(150);
  const auto text = text_report(r);
  CHECK(text.find("NOT MEASURED: the server went away") != std::string::npos);
  CHECK(text.find("too noisy") != std::string::npos);
}
