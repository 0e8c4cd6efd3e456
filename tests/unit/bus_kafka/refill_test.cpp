#include "bus/kafka/refill.hpp"

#include <doctest/doctest.h>

using std::chrono::milliseconds;
using streamdemo::base::steady_time;
using streamdemo::bus::kafka::refill;

namespace {

constexpr steady_time start{};

}  // namespace

TEST_CASE("a queue that runs empty is waited for since then, however often it is looked at") {
  refill r;
  CHECK_FALSE(r.due());
  r.missed(start);
  r.missed(start + milliseconds(15));
  CHECK(r.due() == start + milliseconds(20));
  r.served();
  CHECK_FALSE(r.due());
}

TEST_CASE("a queue that was full is not waited for, but what is fetched after the reminder is") {
  refill r;
  r.was_full();
  CHECK_FALSE(r.due());
  r.missed(start);
  CHECK(r.due() == start);
  r.reminded(start);
  CHECK(r.due() == start + milliseconds(20));
  r.reminded(start + milliseconds(20));
  CHECK(r.due() == start + milliseconds(20 + 40));
}

TEST_CASE("each reminder gives the fetch twice the time, each fetch that comes the next one half") {
  refill r;
  r.missed(start);
  r.reminded(start + milliseconds(20));
  CHECK(r.due() == start + milliseconds(20 + 40));
  r.reminded(start + milliseconds(60));
  CHECK(r.due() == start + milliseconds(60 + 80));
  r.served();
  r.served();
  r.missed(start + milliseconds(100));
  CHECK(r.due() == start + milliseconds(100 + 40));
  for (int i = 0; i < 100; ++i) r.reminded(start);
  CHECK(r.due() == start + milliseconds(5000));
}
