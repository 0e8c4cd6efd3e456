#include "bus/earliest_timer.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using bus::earliest_timer;

TEST_CASE("the timer stands at the earliest of its deadlines, and at none once that has come") {
  asio::io_context loop;
  earliest_timer t(loop.get_executor());
  const auto now = std::chrono::steady_clock::now();
  int fired = 0;
  const auto due = [&](boost::system::error_code ec) { fired += ec ? 0 : 1; };
  t.set(now + std::chrono::hours(2), due);
  t.set(now + std::chrono::hours(3), due);
  CHECK_FALSE(t.has_come(now + std::chrono::minutes(90)));
  t.set(now + std::chrono::hours(1), due);
  CHECK(t.has_come(now + std::chrono::minutes(90)));
  CHECK_FALSE(t.has_come(now + std::chrono::hours(4)));
  t.set(now, due);
  loop.run();
  CHECK(fired == 1);
  CHECK(t.has_come(now));
}

TEST_CASE("a canceled timer stands at none") {
  asio::io_context loop;
  earliest_timer t(loop.get_executor());
  const auto now = std::chrono::steady_clock::now();
  int fired = 0;
  t.set(now + std::chrono::hours(1), [&](boost::system::error_code ec) { fired += ec ? 0 : 1; });
  t.cancel();
  loop.run();
  CHECK(fired == 0);
  CHECK_FALSE(t.has_come(now + std::chrono::hours(2)));
}
