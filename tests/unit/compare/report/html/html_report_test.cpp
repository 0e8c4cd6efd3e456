#include "compare/report/html/html_report.hpp"

#include <doctest/doctest.h>

#include "unit/compare/report/report_samples.hpp"

using namespace streamdemo::compare;
using namespace streamdemo::compare::test;

TEST_CASE("the page needs nothing but itself, and text from outside is text") {
  const auto page = html_report(sample_report());
  CHECK(page.find("A &lt;Processor&gt; &amp; more") != std::string::npos);
  CHECK(page.find("<Processor>") == std::string::npos);
  for (const auto* foreign : {"src=", "<script", "<link", "url(", "@import"}) {
    CAPTURE(foreign);
    CHECK(page.find(foreign) == std::string::npos);
  }
  CHECK(page.find("prefers-color-scheme: dark") != std::string::npos);
  CHECK(page.find("<svg") != std::string::npos);
}

TEST_CASE("a bus report without Kafka says so and still is a page") {
  bus_report r;
  r.rows.push_back({.name = "in-process", .results_per_second = 1000});
  r.problems.push_back("Kafka: no brokers");
  const auto page = html_report(r);
  CHECK(page.find("Not measured: Kafka: no brokers") != std::string::npos);
  CHECK(page.ends_with("</html>\n"));
}
