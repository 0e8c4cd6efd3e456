#include <doctest/doctest.h>

#include <streamdemo/base/quiet.hpp>

#include <vector>

using namespace streamdemo;
using namespace std::chrono_literals;

TEST_CASE("a complaint is heard at once, then once a second with the number of those held back") {
  base::quiet q;
  std::vector<std::size_t> heard;
  const base::sys_time start{};
  const auto complain = [&](base::milliseconds at) { q.say(start + at, [&](std::size_t n) { heard.push_back(n); }); };
  complain(0ms);
  for (int i = 1; i < 1000; ++i) complain(base::milliseconds(i));
  CHECK(heard == std::vector<std::size_t>{1});
  complain(1000ms);
  CHECK(heard == std::vector<std::size_t>{1, 1000});
}

TEST_CASE("a clock that was set back does not silence it") {
  base::quiet q;
  int heard = 0;
  q.say(base::sys_time{} + 1h, [&](std::size_t) { ++heard; });
  q.say(base::sys_time{} + 1min, [&](std::size_t) { ++heard; });
  CHECK(heard == 2);
}
