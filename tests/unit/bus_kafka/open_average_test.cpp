#include "bus/kafka/open_average.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using bus::kafka::open_average;
using namespace std::chrono_literals;

TEST_CASE("what is open for long is the average, what is open for a moment hardly counts") {
  open_average a;
  base::steady_time now{1h};
  CHECK(a.get(now) == 0);
  a.set(50, now);
  CHECK(a.get(now) == 0);
  now += 1ms;
  a.set(0, now);
  CHECK(a.get(now) < 1);
  now += 1s;
  CHECK(a.get(now) < 0.01);
  a.set(50, now);
  now += 1s;
  CHECK(a.get(now) > 49);
  a.set(0, now);
  CHECK(a.get(now) > 49);
  now += 1s;
  CHECK(a.get(now) < 0.01);
}

TEST_CASE("how often one looks changes nothing") {
  open_average seldom, often;
  base::steady_time now{1h};
  for (auto* a : {&seldom, &often}) a->set(8, now);
  for (int i = 0; i < 50; ++i) often.set(8, now += 1ms);
  CHECK(often.get(now) == doctest::Approx(seldom.get(now)));
}

TEST_CASE("a client that waits for each of its results has few open, eight of them have many") {
  // A publish is open for three of the six milliseconds that a task takes.
  const auto with = [](std::size_t clients) {
    open_average a;
    base::steady_time now{1h};
    for (int i = 0; i < 100; ++i) {
      a.set(2 * clients, now += 3ms);
      a.set(0, now += 3ms);
    }
    return a.get(now);
  };
  CHECK(with(1) < 2);
  CHECK(with(8) > 6);
}
