#include <doctest/doctest.h>

#include <streamdemo/task/log_clock.hpp>

using namespace streamdemo;
using namespace std::chrono_literals;

namespace {

constexpr base::sys_time noon{1000h};

base::steady_time after(base::steady_time::duration d) {
  return base::steady_time(7h + d);
}

}  // namespace

TEST_CASE("before its first record the log's clock knows no time, and after it goes on by itself") {
  task::log_clock c;
  CHECK_FALSE(c.at(after(0s)));
  c.seen(noon, after(0s));
  CHECK_FALSE(c.at(after(0s)));
  c.begin(noon, after(0s), 3s);
  CHECK(c.at(after(0s)) == noon);
  CHECK(c.at(after(2h)) == noon + 2h);
}

TEST_CASE("of the first records the youngest counts: the others were long on their way") {
  task::log_clock c;
  c.begin(noon, after(3s), 4s);
  c.begin(noon + 4s, after(4s), 1s);
  CHECK(c.at(after(4s)) == noon + 4s);
  c.begin(noon + 4s, after(6s), 3s);
  c.seen(noon + 6s + 10ms, after(6s));
  CHECK(c.at(after(6s)) == noon + 6s + 10ms);
}

TEST_CASE("of the first records none counts that is younger than it can be: its broker's clock was set meanwhile") {
  task::log_clock c;
  c.begin(noon, after(0s), 2s);
  c.seen(noon + 1s + 1h, after(1s));
  CHECK(c.at(after(1s)) == noon + 3s);
  c.begin(noon + 2s + 1h, after(2s), 100ms);
  CHECK(c.at(after(2s)) == noon + 4s);
}

TEST_CASE("a step of the clock that stamps the records is absorbed, forwards and backwards, for hours") {
  for (const auto step : {base::microseconds(1h), base::microseconds(-1h)}) {
    task::log_clock c;
    c.begin(noon, after(0s), 0s);
    for (auto t = 60s; t <= 3h; t += 1s) c.seen(noon + t + step, after(t));
    const auto off = *c.at(after(3h)) - (noon + 3h);
    CAPTURE(off.count());
    CHECK(off < 10s);
    CHECK(off > -10s);
  }
}

TEST_CASE("a clock that drifts is followed, also by records that come a thousand a second") {
  task::log_clock c;
  c.begin(noon, after(0s), 0s);
  // 100 µs a second faster than ours.
  for (auto t = base::microseconds(60s); t <= 1h; t += 1ms) c.seen(noon + t + t / 10000, after(t));
  const auto off = *c.at(after(1h)) - (noon + 1h + base::microseconds(1h) / 10000);
  CHECK(off <= 1ms);
  CHECK(off >= -1ms);
}

TEST_CASE("records that are read late do not put the clock back by more than it drifts") {
  task::log_clock c;
  c.begin(noon, after(0s), 0s);
  for (auto t = 60s; t <= 70s; t += 1s) c.seen(noon + t - 2h, after(t));
  CHECK(*c.at(after(70s)) > noon + 70s - 50ms);
}
