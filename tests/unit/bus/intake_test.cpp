#include "bus/intake.hpp"

#include <doctest/doctest.h>

using streamdemo::bus::intake;
using streamdemo::bus::watermark;

TEST_CASE("so many records past the watermark are taken in, and completing one makes room once the watermark moves") {
  intake in(2, 1000);
  watermark done(0);
  in.begin_round(0);
  for (std::int64_t offset = 0; offset < 2; ++offset) {
    CHECK(in.has_gap(done.gap()));
    in.take(done, offset, 1);
  }
  CHECK_FALSE(in.has_gap(done.gap()));
  auto c = in.complete(done, 1);
  CHECK_FALSE(c.moved);
  CHECK_FALSE(c.room);
  c = in.complete(done, 0);
  CHECK(c.moved);
  CHECK(c.room);
}

TEST_CASE("one record of any size is taken in, and no other beside it, until it is completed") {
  intake in(1000, 10);
  watermark done(0);
  in.begin_round(0);
  CHECK(in.has_bytes());
  in.take(done, 0, 11);
  CHECK_FALSE(in.has_bytes());
  CHECK(in.complete(done, 0).room);
  in.begin_round(done.bytes());
  CHECK(in.has_bytes());
  CHECK_FALSE(in.complete(done, 0).room);
}

TEST_CASE("a completion that no record waited for makes no noise") {
  intake in(1000, 1000);
  watermark done(0);
  in.begin_round(0);
  in.take(done, 0, 1);
  const auto c = in.complete(done, 0);
  CHECK(c.moved);
  CHECK_FALSE(c.room);
}
