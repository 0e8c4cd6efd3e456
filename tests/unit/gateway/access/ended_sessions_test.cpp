#include "gateway/access/ended_sessions.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using gateway::ended_sessions;

namespace {

base::sys_time at(int s) {
  return base::sys_time(std::chrono::seconds(s));
}

}  // namespace

TEST_CASE("an ended session is remembered until it would have expired") {
  ended_sessions all(10);
  all.add("a", at(10), at(0));
  all.add("b", at(20), at(0));
  all.add("a", at(10), at(1));
  CHECK(all.size() == 2);
  all.add("c", at(30), at(10));
  CHECK_FALSE(all.contains("a"));
  CHECK(all.contains("b"));
  CHECK(all.contains("c"));
  CHECK(all.size() == 2);
}

TEST_CASE("beyond the bound the earliest to expire goes, whichever came first") {
  ended_sessions all(2);
  all.add("late", at(30), at(0));
  all.add("early", at(10), at(0));
  all.add("between", at(20), at(0));
  CHECK(all.size() == 2);
  CHECK_FALSE(all.contains("early"));
  CHECK(all.contains("late"));
  CHECK(all.contains("between"));
}
