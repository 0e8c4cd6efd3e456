#include "compare/report/json_report.hpp"

#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "unit/compare/report/report_samples.hpp"

using namespace streamdemo::compare;
using namespace streamdemo::compare::test;

TEST_CASE("all numbers stand in the JSON, and null where there is none") {
  auto r = sample_report();
  r.problems.push_back("x");
  const auto whole = boost::json::parse(json_report(r));
  const auto& row = whole.at("sections").at(0).at("rows").at(1);
  CHECK(row.at("transport") == "poll-100ms");
  CHECK(row.at("requests") == 500);
  CHECK(row.at("wire").at("bytes_sent") == 20000);
  CHECK(row.at("delay_ms").at("p50") == 50.0);
  CHECK(row.at("server_cpu_us_per_result") == 60.0);
  CHECK(row.at("client_cpu_us_per_result").is_null());
  CHECK(whole.at("ratios").as_array().size() == 4);
  CHECK(whole.at("problems").at(0) == "x");
  CHECK_FALSE(whole.at("calibration").at("noisy").as_bool());
}
