#include "artifacts/sweep_plan.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using artifacts::plan_sweep;
using artifacts::stored_file;

namespace {

base::sys_time at(int seconds) {
  return base::sys_time(std::chrono::seconds(seconds));
}

}  // namespace

TEST_CASE("what was kept long enough goes, whatever room there is") {
  const auto plan = plan_sweep({{"new", 10, at(95)}, {"old", 10, at(50)}, {"edge", 10, at(90)}}, at(100),
                               std::chrono::seconds(10), 1000);
  REQUIRE(plan.expired.size() == 1);
  CHECK(plan.expired[0].path == "old");
  CHECK(plan.overflow.empty());
}

TEST_CASE("the oldest go until the rest fits") {
  const auto plan =
      plan_sweep({{"c", 40, at(99)}, {"a", 40, at(97)}, {"b", 40, at(98)}}, at(100), std::chrono::seconds(10), 80);
  REQUIRE(plan.overflow.size() == 1);
  CHECK(plan.overflow[0].path == "a");
}

TEST_CASE("nothing goes while all is young and fits") {
  const auto plan = plan_sweep({{"a", 40, at(97)}, {"b", 40, at(98)}}, at(100), std::chrono::seconds(10), 80);
  CHECK(plan.expired.empty());
  CHECK(plan.overflow.empty());
}
