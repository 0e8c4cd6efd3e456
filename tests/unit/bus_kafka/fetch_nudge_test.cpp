#include "bus/kafka/fetch_nudge.hpp"

#include <doctest/doctest.h>

using std::chrono::milliseconds;
using streamdemo::base::steady_time;
using streamdemo::bus::kafka::fetch_nudge;

namespace {

constexpr steady_time start{};

}  // namespace

TEST_CASE("a queue that runs empty is waited for since then, however often it is looked at") {
  fetch_nudge n;
  CHECK_FALSE(n.due());
  n.missed(start);
  n.missed(start + milliseconds(15));
  CHECK(n.due() == start + milliseconds(20));
  n.served();
  CHECK_FALSE(n.due());
}

TEST_CASE("a queue that was full is not waited for, but what is fetched after the nudge is") {
  fetch_nudge n;
  n.was_full();
  CHECK_FALSE(n.due());
  n.missed(start);
  CHECK(n.due() == start);
  n.nudged(start);
  CHECK(n.due() == start + milliseconds(20));
  n.nudged(start + milliseconds(20));
  CHECK(n.due() == start + milliseconds(20 + 40));
}

TEST_CASE("each nudge gives the fetch twice the time, each fetch that comes the next one half") {
  fetch_nudge n;
  n.missed(start);
  n.nudged(start + milliseconds(20));
  CHECK(n.due() == start + milliseconds(20 + 40));
  n.nudged(start + milliseconds(60));
  CHECK(n.due() == start + milliseconds(60 + 80));
  n.served();
  n.served();
  n.missed(start + milliseconds(100));
  CHECK(n.due() == start + milliseconds(100 + 40));
  for (int i = 0; i < 100; ++i) n.nudged(start);
  CHECK(n.due() == start + milliseconds(5000));
}
