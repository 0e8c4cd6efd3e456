#include "bus/kafka/complaints.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::bus::kafka;
using std::chrono::seconds;

TEST_CASE("a complaint is heard once, and again after the silence") {
  complaints c(seconds(10));
  const std::chrono::steady_clock::time_point start{};
  CHECK(c.is_news("no broker", start));
  CHECK_FALSE(c.is_news("no broker", start + seconds(9)));
  CHECK(c.is_news("no leader", start + seconds(9)));
  CHECK(c.is_news("no broker", start + seconds(10)));
  CHECK_FALSE(c.is_news("no broker", start + seconds(11)));
}

TEST_CASE("a flood of different complaints is remembered within a bound") {
  complaints c(seconds(10));
  const std::chrono::steady_clock::time_point start{};
  int heard = 0;
  for (int i = 0; i < 1000; ++i) heard += c.is_news("complaint " + std::to_string(i), start) ? 1 : 0;
  CHECK(heard == 1000);
  CHECK_FALSE(c.is_news("complaint 999", start));
}
