#include "processor/decisions/alone_turn.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace std::chrono_literals;
using processor::alone_turn;

namespace {

struct fixture {
  void ticks(base::milliseconds how_long) {
    for (const auto until = now + how_long; now < until;) turn.tick(now += 250ms);
  }

  alone_turn turn{10s};
  base::steady_time now{1h};
};

}  // namespace

TEST_CASE("one that must be alone holds others back until it has the process for itself") {
  fixture f;
  CHECK_FALSE(f.turn.holds());
  f.turn.comes({3, "t"});
  REQUIRE(f.turn.holds());
  f.ticks(9s);
  REQUIRE(f.turn.holds());
  CHECK(f.turn.waiting().task == "t");
  CHECK(f.turn.take().partition == 3);
  CHECK_FALSE(f.turn.holds());
  CHECK(f.turn.size() == 0);
}

TEST_CASE("it holds nothing back for longer than it may, then is set aside for nine times as long, and comes again") {
  fixture f;
  f.turn.comes({0, "t"});
  f.turn.tick(f.now);
  f.ticks(9750ms);
  CHECK(f.turn.holds());
  f.ticks(250ms);
  CHECK_FALSE(f.turn.holds());
  CHECK(f.turn.has_aside());
  CHECK_FALSE(f.turn.has_some_again());
  f.ticks(89'750ms);
  CHECK_FALSE(f.turn.has_some_again());
  f.ticks(250ms);
  CHECK(f.turn.has_some_again());
  CHECK(f.turn.take_aside().front().task == "t");
  CHECK(f.turn.size() == 0);
  f.turn.comes({0, "t"});
  CHECK(f.turn.holds());
}

TEST_CASE("while one is set aside, others that must be alone hold nothing back either") {
  fixture f;
  f.turn.comes({0, "first"});
  f.ticks(10'250ms);
  REQUIRE_FALSE(f.turn.holds());
  f.turn.comes({0, "second"});
  CHECK_FALSE(f.turn.holds());
  CHECK(f.turn.size() == 2);
  f.turn.erase_if([](const processor::start_line::place& p) { return p.task == "first"; });
  f.ticks(91s);
  REQUIRE(f.turn.has_some_again());
  const auto again = f.turn.take_aside();
  REQUIRE(again.size() == 1);
  CHECK(again.front().task == "second");
}

TEST_CASE("one that is gone holds nothing back, and the next one may wait as long as any other") {
  fixture f;
  f.turn.comes({0, "gone"});
  f.ticks(9s);
  f.turn.erase_if([](const processor::start_line::place&) { return true; });
  CHECK_FALSE(f.turn.holds());
  f.ticks(60s);
  f.turn.comes({0, "next"});
  f.ticks(9s);
  CHECK(f.turn.holds());
}
