#include "gateway/tasks/placement/run_times.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace streamdemo::gateway;
using namespace std::chrono_literals;

TEST_CASE("the average of a kind's run times follows the newest ones, each kind by itself") {
  run_times t;
  CHECK(!t.of("quick"));
  t.took("quick", 10s);
  t.took("slow", 1h);
  CHECK(t.of("quick") == 10s);
  t.took("quick", 20s);
  CHECK(t.of("quick") == 12s);
  for (int i = 0; i < 100; ++i) t.took("quick", 1s);
  CHECK(t.of("quick") < 1001ms);
  CHECK(t.of("slow") == 1h);
  t.took("slow", -1s);
  CHECK(t.of("slow") == 48min);
}

TEST_CASE("run times of more kinds than are known are not kept") {
  run_times t;
  for (std::size_t i = 0; i < run_times::max_kinds; ++i) t.took("kind" + std::to_string(i), 1s);
  t.took("one more", 1s);
  CHECK(!t.of("one more"));
  t.took("kind0", 2s);
  CHECK(t.of("kind0") == 1200ms);
}

TEST_CASE("who waits begins when the tasks that run have ended, one after the other") {
  const run_forecast f(0, {10s, 50s}, 60s);
  CHECK(f.wait(0) == 10s);
  CHECK(f.wait(1) == 50s);
  CHECK(f.wait(2) == 70s);
  CHECK(f.wait(3) == 110s);
  CHECK(f.wait(4) == 130s);
}

TEST_CASE("who finds a free slot begins at once, and those after them wait") {
  const run_forecast f(2, {10s}, 60s);
  CHECK(f.wait(0) == 0s);
  CHECK(f.wait(1) == 0s);
  CHECK(f.wait(2) == 50s);
}

TEST_CASE("a task that runs longer than the average is expected to run on for as long as it is late") {
  CHECK(run_forecast(0, {90s}, 60s).wait(0) == 30s);
}

TEST_CASE("nothing is foreseen where nothing runs") {
  CHECK(!run_forecast().wait(0));
  CHECK(!run_forecast(0, {}, 60s).wait(0));
  CHECK(run_forecast(1, {}, 60s).wait(0) == 0s);
}
