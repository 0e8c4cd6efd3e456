#include <doctest/doctest.h>

#include "unit/compare/report/report_samples.hpp"

namespace streamdemo::compare {

TEST_CASE("of several rounds the least CPU time is kept, each process's by itself") {
  auto m = test::sample("sse", 1, 10, 1000, 30);
  m.client_cpu_us = 5;
  auto again = test::sample("sse", 2, 99, 9999, 28);
  again.client_cpu_us = 6;
  keep_least(m, again);
  CHECK(m.server_cpu_us == 28.0);
  CHECK(m.client_cpu_us == 5.0);
  CHECK_MESSAGE(m.requests == 10, "all else is of the first round");
  CHECK_FALSE(m.proxy_cpu_us);
}

TEST_CASE("of several rounds the delays of the quietest are kept, all together") {
  auto m = test::sample("sse", 2, 10, 1000, 30);
  keep_least(m, test::sample("sse", 3, 10, 1000, 30));
  CHECK(m.delay_ms->p50 == 2.0);
  keep_least(m, test::sample("sse", 1, 10, 1000, 30));
  CHECK(m.delay_ms->p50 == 1.0);
  CHECK(m.delay_ms->max == 2.0);
  CHECK(m.delays_ms == std::vector<double>{1, 1, 2});
  CHECK(m.first_ms->p50 == 3.0);
}

TEST_CASE("a round in which something was missing says nothing about CPU time") {
  auto m = test::sample("sse", 1, 10, 1000, 30);
  auto broken = test::sample("sse", 1, 10, 1000, 3);
  broken.complete = 9;
  keep_least(m, broken);
  CHECK(m.server_cpu_us == 30.0);
}

TEST_CASE("a time that was not measured is not made up from another round") {
  auto m = test::sample("sse", 1, 10, 1000, 30);
  m.server_cpu_us.reset();
  keep_least(m, test::sample("sse", 1, 10, 1000, 28));
  CHECK_FALSE(m.server_cpu_us);
}

}  // namespace streamdemo::compare
