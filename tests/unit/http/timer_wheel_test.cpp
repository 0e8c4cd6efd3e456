#include "http/timer_wheel.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <vector>

using namespace streamdemo;
using namespace std::chrono_literals;
using http::timer_wheel;

namespace {

struct item : timer_wheel::entry {
  item() : entry(&item::ran) {}
  static void ran(entry& e) noexcept {
    auto& self = static_cast<item&>(e);
    ++self.fired;
    if (self.then) self.then();
  }
  int fired = 0;
  std::function<void()> then;
};

const base::steady_time t0{1000s};

}  // namespace

TEST_CASE("a wheel fires an entry once, at or after its deadline") {
  timer_wheel wheel(t0, 100ms, 8);
  item a;
  wheel.arm(a, t0 + 250ms);
  CHECK(a.armed());
  wheel.advance(t0 + 249ms);
  CHECK(a.fired == 0);
  wheel.advance(t0 + 299ms);
  CHECK(a.fired == 0);
  wheel.advance(t0 + 300ms);
  CHECK(a.fired == 1);
  CHECK(!a.armed());
  wheel.advance(t0 + 10s);
  CHECK(a.fired == 1);
}

TEST_CASE("a wheel keeps deadlines beyond one turn") {
  timer_wheel wheel(t0, 100ms, 8);
  item a;
  wheel.arm(a, t0 + 5s);
  for (auto t = t0; t < t0 + 5s; t += 70ms) wheel.advance(t);
  CHECK(a.fired == 0);
  wheel.advance(t0 + 5s);
  CHECK(a.fired == 1);
}

TEST_CASE("a stalled loop that advances many turns at once fires everything due and nothing else") {
  timer_wheel wheel(t0, 100ms, 8);
  std::vector<std::unique_ptr<item>> items;
  for (int i = 1; i <= 100; ++i) {
    items.push_back(std::make_unique<item>());
    wheel.arm(*items.back(), t0 + i * 100ms);
  }
  wheel.advance(t0 + 6s);
  for (int i = 1; i <= 100; ++i) CHECK(items[static_cast<std::size_t>(i - 1)]->fired == (i <= 60 ? 1 : 0));
}

TEST_CASE("a canceled, moved or destroyed entry does not fire at its old deadline") {
  timer_wheel wheel(t0, 100ms, 8);
  item a;
  item b;
  auto c = std::make_unique<item>();
  wheel.arm(a, t0 + 200ms);
  wheel.arm(b, t0 + 200ms);
  wheel.arm(*c, t0 + 200ms);
  a.cancel();
  wheel.arm(b, t0 + 500ms);
  c.reset();
  wheel.advance(t0 + 400ms);
  CHECK(a.fired == 0);
  CHECK(b.fired == 0);
  wheel.advance(t0 + 500ms);
  CHECK(b.fired == 1);
}

TEST_CASE("a function may arm its own entry again, and destroy others that are due at the same tick") {
  timer_wheel wheel(t0, 100ms, 8);
  item a;
  auto b = std::make_unique<item>();
  int b_fired = 0;
  b->then = [&] { ++b_fired; };
  a.then = [&] {
    b.reset();
    wheel.arm(a, t0);  // long past: the next tick, not this call
  };
  wheel.arm(a, t0 + 100ms);
  wheel.arm(*b, t0 + 100ms);
  wheel.advance(t0 + 100ms);
  CHECK(a.fired == 1);
  CHECK(b_fired == 0);
  wheel.advance(t0 + 200ms);
  CHECK(a.fired == 2);
}

TEST_CASE("arm_after is never early, even when the wheel's clock lags by almost a tick") {
  timer_wheel wheel(t0, 100ms, 8);
  wheel.advance(t0 + 100ms);
  // The clock is at 199 ms now; the wheel still believes 100 ms.
  item a;
  wheel.arm_after(a, 50ms);
  wheel.advance(t0 + 200ms);
  CHECK(a.fired == 0);
  wheel.advance(t0 + 300ms);
  CHECK(a.fired == 1);
}

TEST_CASE("arm_after is not early either when the loop was busy for longer than the time asked for") {
  timer_wheel wheel(t0, 100ms, 8);
  wheel.advance(t0 + 100ms);
  // Ten seconds later, before the wheel hears of them.
  item a, b;
  wheel.arm_after(a, 1s);
  wheel.arm_after(b, 1s);
  b.cancel();
  wheel.advance(t0 + 10s);
  CHECK(a.fired == 0);
  wheel.advance(t0 + 10'900ms);
  CHECK(a.fired == 0);
  wheel.advance(t0 + 11s);
  CHECK(a.fired == 1);
  CHECK(b.fired == 0);
}

TEST_CASE("a function may arm its entry again by arm_after, which counts from the next call") {
  timer_wheel wheel(t0, 100ms, 8);
  item a;
  a.then = [&] { wheel.arm_after(a, 50ms); };
  wheel.arm(a, t0 + 100ms);
  wheel.advance(t0 + 5s);
  CHECK(a.fired == 1);
  wheel.advance(t0 + 9s);
  CHECK(a.fired == 1);
  wheel.advance(t0 + 9'100ms);
  CHECK(a.fired == 2);
}

TEST_CASE("an entry outlives its wheel") {
  item a, b;
  {
    timer_wheel wheel(t0, 100ms, 8);
    wheel.arm(a, t0 + 1s);
    wheel.arm_after(b, 1s);
  }
  CHECK(!a.armed());
  CHECK(!b.armed());
}

TEST_CASE("a wheel agrees with a sorted list over random arms, cancels and advances") {
  std::mt19937 random(7);
  timer_wheel wheel(t0, 10ms, 16);
  std::vector<item> items(50);
  std::map<item*, base::steady_time> expected;
  auto now = t0;
  for (int step = 0; step < 20000; ++step) {
    auto& i = items[random() % items.size()];
    switch (random() % 4) {
      case 0:
      case 1: {
        const auto deadline = now + std::chrono::milliseconds(1 + random() % 500);
        wheel.arm(i, deadline);
        expected[&i] = deadline;
        break;
      }
      case 2:
        i.cancel();
        expected.erase(&i);
        break;
      default: {
        now += std::chrono::milliseconds(random() % 40);
        for (auto& x : items) x.fired = 0;
        wheel.advance(now);
        for (auto& x : items) {
          const auto e = expected.find(&x);
          if (e == expected.end()) {
            REQUIRE(x.fired == 0);
          } else if (x.fired > 0) {
            REQUIRE(e->second <= now);
            expected.erase(e);
          } else {
            REQUIRE(e->second > now - 10ms);  // at most one tick late
          }
        }
      }
    }
  }
}
