#include "bus/intake.hpp"

#include <doctest/doctest.h>

using streamdemo::bus::intake;
using streamdemo::bus::watermark;

TEST_CASE("so many records past the watermark are taken in, and completing one makes room once the watermark moves") {
  intake in({.max_open = 1000, .max_gap = 2, .max_bytes = 1000});
  watermark done(0);
  in.begin_round(0);
  for (std::int64_t offset = 0; offset < 2; ++offset) {
    CHECK(in.has_room(done));
    in.take(done, offset, 1);
  }
  CHECK_FALSE(in.has_room(done));
  auto c = in.complete(done, 1);
  CHECK_FALSE(c.moved);
  CHECK_FALSE(c.room);
  c = in.complete(done, 0);
  CHECK(c.moved);
  CHECK(c.room);
}

TEST_CASE("so many un-completed records are taken in, whatever lies between them") {
  intake in({.max_open = 2, .max_gap = 100, .max_bytes = 1000});
  watermark done(0);
  in.begin_round(0);
  in.take(done, 0, 1);
  for (std::int64_t offset = 1; offset < 99; ++offset) {
    CHECK(in.has_room(done));
    in.take(done, offset, 1);
    CHECK_FALSE(in.has_room(done));
    const auto c = in.complete(done, offset);
    CHECK_FALSE(c.moved);
    CHECK(c.room);
  }
  in.take(done, 99, 1);
  const auto c = in.complete(done, 99);
  CHECK_FALSE(c.room);  // the way from the first one is as long as it may be
  CHECK_FALSE(in.has_room(done));
  CHECK(in.complete(done, 0).room);
}

TEST_CASE("what is held of several partitions is added up, but for the longest way") {
  watermark a(0), b(0);
  for (std::int64_t i = 0; i < 10; ++i) a.take(i, 3);
  b.take(0, 5);
  for (std::int64_t i = 1; i < 10; ++i) a.complete(i);
  streamdemo::bus::holdings all;
  add(all, a);
  add(all, b);
  CHECK(all.records == 2);
  CHECK(all.bytes == 8);
  CHECK(all.gap == 10);
}

TEST_CASE("one record of any size is taken in, and no other beside it, until it is completed") {
  intake in({.max_bytes = 10});
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

TEST_CASE("records that count with less make room for others, and with more make none") {
  intake in({.max_bytes = 10});
  watermark done(0);
  in.begin_round(0);
  in.take(done, 0, 11);
  CHECK_FALSE(in.recount(done, 0, 12));
  CHECK_FALSE(in.recount(done, 0, 9));  // no record waits
  CHECK_FALSE(in.recount(done, 0, 12));
  in.begin_round(done.bytes());
  CHECK_FALSE(in.has_bytes());
  CHECK_FALSE(in.recount(done, 0, 13));
  CHECK_FALSE(in.recount(done, 7, 0));
  CHECK(in.recount(done, 0, 9));
  in.begin_round(done.bytes());
  CHECK(in.has_bytes());
}

TEST_CASE("a completion that no record waited for makes no noise") {
  intake in({.max_bytes = 1000});
  watermark done(0);
  in.begin_round(0);
  in.take(done, 0, 1);
  const auto c = in.complete(done, 0);
  CHECK(c.moved);
  CHECK_FALSE(c.room);
}
