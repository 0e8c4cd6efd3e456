#include "bus/kafka/log_throttle.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::bus::kafka;
using std::chrono::seconds;

TEST_CASE("a message is let through once, and again after the silence") {
  log_throttle t(seconds(10));
  const std::chrono::steady_clock::time_point start{};
  CHECK(t.is_news("no broker", start));
  CHECK_FALSE(t.is_news("no broker", start + seconds(9)));
  CHECK(t.is_news("no leader", start + seconds(9)));
  CHECK(t.is_news("no broker", start + seconds(10)));
  CHECK_FALSE(t.is_news("no broker", start + seconds(11)));
}

TEST_CASE("a flood of different messages is remembered within a bound") {
  log_throttle t(seconds(10));
  const std::chrono::steady_clock::time_point start{};
  int let_through = 0;
  for (int i = 0; i < 1000; ++i) let_through += t.is_news("message " + std::to_string(i), start) ? 1 : 0;
  CHECK(let_through == 1000);
  CHECK_FALSE(t.is_news("message 999", start));
}
