#include "tracing/retry_plan.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::tracing;

TEST_CASE("only what may pass is tried again") {
  for (const int taken : {200, 202}) CHECK(verdict_on(taken) == verdict::taken);
  for (const int again : {0, 429, 502, 503, 504}) CHECK(verdict_on(again) == verdict::again);
  for (const int refused : {301, 400, 401, 404, 500, 501}) CHECK(verdict_on(refused) == verdict::refused);
}

TEST_CASE("pauses grow, have a part of chance, and end") {
  const auto ms = [](int attempt, double chance) { return retry_plan::pause_after(attempt, "", chance)->count(); };
  CHECK(ms(1, 0) == 500);
  CHECK(ms(1, 1) == 1000);
  CHECK(ms(3, 0) == 2000);
  CHECK(!retry_plan::pause_after(retry_plan::most_attempts, "", 0));
}

TEST_CASE("Retry-After is followed within bounds") {
  CHECK(retry_plan::pause_after(1, "7", 0)->count() == 7000);
  CHECK(retry_plan::pause_after(1, "86400", 0)->count() == 30'000);
  CHECK(retry_plan::pause_after(1, "Wed, 21 Oct 2026 07:28:00 GMT", 0)->count() == 500);
  CHECK(!retry_plan::pause_after(retry_plan::most_attempts, "7", 0));
}
