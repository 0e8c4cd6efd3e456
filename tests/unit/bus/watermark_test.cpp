#include "bus/watermark.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

using streamdemo::bus::watermark;

TEST_CASE("the watermark waits for the lowest un-completed record") {
  watermark w(10);
  for (const auto offset : {10, 11, 12, 13}) w.take(offset);
  CHECK(w.value() == 10);
  CHECK_FALSE(w.complete(12));
  CHECK_FALSE(w.complete(11));
  CHECK(w.value() == 10);
  CHECK(w.gap() == 4);
  CHECK(w.complete(10));
  CHECK(w.value() == 13);
  CHECK(w.gap() == 1);
}

TEST_CASE("the bytes of un-completed records are counted, each once, wherever the watermark stands") {
  watermark w(0);
  w.take(0, 10);
  w.take(1, 200);
  w.take(1, 200);
  CHECK(w.bytes() == 210);
  CHECK_FALSE(w.complete(1));
  CHECK_FALSE(w.complete(1));
  CHECK(w.bytes() == 10);
  CHECK(w.complete(0));
  CHECK(w.bytes() == 0);
}

TEST_CASE("a record may count with fewer bytes, and with more again, until it is completed") {
  watermark w(0);
  w.take(0, 10);
  w.take(1, 200);
  w.recount(1, 30);
  CHECK(w.bytes() == 40);
  w.recount(1, 300);
  CHECK(w.bytes() == 310);
  w.recount(2, 5);
  CHECK(w.bytes() == 310);
  w.complete(1);
  w.recount(1, 5);
  CHECK(w.bytes() == 10);
  CHECK(w.open() == 1);
}

TEST_CASE("completing what was never taken, or twice, moves nothing") {
  watermark w(0);
  CHECK_FALSE(w.complete(0));
  w.take(0);
  w.take(1);
  CHECK_FALSE(w.complete(7));
  CHECK_FALSE(w.complete(1));
  CHECK_FALSE(w.complete(1));
  CHECK(w.value() == 0);
  CHECK(w.complete(0));
  CHECK_FALSE(w.complete(0));
  CHECK(w.value() == 2);
}

TEST_CASE("a record taken twice or below the start counts once or not at all") {
  watermark w(5);
  w.take(4);
  w.take(5);
  w.take(5);
  CHECK(w.gap() == 1);
  CHECK(w.open() == 1);
  CHECK(w.complete(5));
  CHECK(w.value() == 6);
}

TEST_CASE("holes between offsets hold nothing up") {
  watermark w(0);
  w.take(3);
  w.take(9);
  CHECK(w.complete(3));
  CHECK(w.value() == 9);
  CHECK(w.gap() == 1);
  CHECK(w.complete(9));
  CHECK(w.value() == 10);
  CHECK(w.gap() == 0);
}

TEST_CASE("a million records that are completed past one that is not leave nothing to remember") {
  watermark w(0);
  w.take(0, 5);
  for (std::int64_t offset = 1; offset <= 1'000'000; ++offset) {
    w.take(offset, 1);
    CHECK_FALSE(w.complete(offset));
    CHECK(w.open() == 1);
  }
  CHECK(w.bytes() == 5);
  CHECK(w.gap() == 1'000'001);
  CHECK(w.complete(0));
  CHECK(w.value() == 1'000'001);
}

TEST_CASE("in any order of completion the watermark is the lowest un-completed offset") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    watermark w(0);
    std::set<std::int64_t> open;
    std::int64_t next = 0;
    for (int step = 0; step < 300; ++step) {
      if (open.empty() || random() % 2) {
        w.take(next);
        open.insert(next++);
      } else {
        const auto it = std::next(open.begin(), std::ptrdiff_t(random() % open.size()));
        w.complete(*it);
        open.erase(it);
      }
      const auto expected = open.empty() ? next : *open.begin();
      REQUIRE(w.value() == expected);
      REQUIRE(w.gap() == std::size_t(next - expected));
      REQUIRE(w.open() == open.size());
    }
  }
}
