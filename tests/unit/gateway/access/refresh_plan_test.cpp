#include "gateway/access/refresh_plan.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using gateway::refresh_plan;
using std::chrono::seconds;

namespace {

const base::steady_time start{std::chrono::hours(100)};

}  // namespace

TEST_CASE("keys are asked for at once, and then once in a period") {
  refresh_plan p(seconds(300));
  CHECK(p.ask(start));
  CHECK_FALSE(p.ask(start + seconds(1000)));
  p.got(start + seconds(2));
  CHECK_FALSE(p.ask(start + seconds(301)));
  CHECK(p.ask(start + seconds(302)));
  CHECK(p.got_at() == start + seconds(2));
}

TEST_CASE("after failures they are asked for sooner, each time later") {
  refresh_plan p(seconds(300));
  auto at = start;
  for (const int wait : {1, 2, 4, 8, 16, 32, 60, 60}) {
    REQUIRE(p.ask(at));
    p.failed(at);
    CHECK_FALSE(p.ask(at + seconds(wait) - std::chrono::milliseconds(1)));
    at += seconds(wait);
  }
  REQUIRE(p.ask(at));
  p.got(at);
  REQUIRE(p.ask(at + seconds(300)));
  p.failed(at + seconds(300));
  CHECK(p.ask(at + seconds(301)));
}

TEST_CASE("what is looked at often is not looked at less often after a failure") {
  refresh_plan p(seconds(1));
  auto at = start;
  for (int i = 0; i < 10; ++i, at += seconds(1)) {
    REQUIRE(p.ask(at));
    p.failed(at);
  }
}

TEST_CASE("for an unknown key once in half a minute, and not beside another question") {
  refresh_plan p(seconds(300));
  CHECK(p.ask(start));
  CHECK_FALSE(p.ask_for_unknown_key(start));
  p.got(start);
  CHECK(p.ask_for_unknown_key(start));
  CHECK_FALSE(p.ask(start + seconds(300)));
  p.failed(start);
  CHECK_FALSE(p.ask_for_unknown_key(start + seconds(29)));
  CHECK(p.ask_for_unknown_key(start + seconds(30)));
}
