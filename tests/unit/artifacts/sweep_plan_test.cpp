#include "artifacts/sweep_plan.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

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

TEST_CASE("files that are not at hand count, and are newer") {
  const std::vector<stored_file> oldest{{"a", 40, at(97)}, {"b", 40, at(98)}};
  const auto plan = plan_sweep(oldest, at(100), std::chrono::seconds(10), 100, 80);
  REQUIRE(plan.overflow.size() == 2);
  CHECK(plan.overflow[1].path == "b");
  CHECK(plan_sweep(oldest, at(100), std::chrono::seconds(10), 120, 80).overflow.size() == 1);
}

TEST_CASE("of many files the oldest are remembered, and what the others take") {
  artifacts::oldest_files oldest(3);
  for (int i = 0; i < 100; ++i) {
    const int age = i * 37 % 100;
    oldest.add({std::to_string(age), static_cast<std::uint64_t>(age), at(1000 - age)});
    CHECK(oldest.remembered().size() == static_cast<std::size_t>(std::min(i + 1, 3)));
    CHECK(oldest.left_out_any() == (i >= 3));
  }
  CHECK(oldest.bytes() == 4950);
  CHECK(oldest.left_out() == 4950 - 99 - 98 - 97);
  const auto plan = plan_sweep(oldest.remembered(), at(1000), std::chrono::seconds(0), 0);
  REQUIRE(plan.expired.size() == 3);
  CHECK(plan.expired[0].path == "99");
  CHECK(plan.expired[2].path == "97");
}

TEST_CASE("of files of one age the first by name are the oldest") {
  artifacts::oldest_files oldest(2);
  for (const auto* name : {"c", "a", "d", "b"}) oldest.add({name, 1, at(5)});
  const auto plan = plan_sweep(oldest.remembered(), at(6), std::chrono::seconds(10), 0);
  REQUIRE(plan.overflow.size() == 2);
  CHECK(plan.overflow[0].path == "a");
  CHECK(plan.overflow[1].path == "b");
}
