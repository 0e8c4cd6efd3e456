#include "gateway/api/body/request_timing.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace std::chrono_literals;

TEST_CASE("a request says in milliseconds how long it waited, and how long it took") {
  const base::steady_time t{};
  gateway::request_timing timing(t);
  CHECK(timing.field(t + 250us) == "wait;dur=0.0, total;dur=0.2");
  timing.waited(t + 1ms, t + 1200ms);
  timing.waited(t + 1300ms, t + 1301ms);
  CHECK(timing.field(t + 1302ms) == "wait;dur=1200.0, total;dur=1302.0");
}
