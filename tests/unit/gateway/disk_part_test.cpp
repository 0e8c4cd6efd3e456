#include "gateway/history/disk_part.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::gateway;

TEST_CASE("what follows is on disk, and what leaves a hole is not") {
  disk_part d;
  CHECK(d.store(1, 3, 30));
  CHECK_FALSE(d.store(5, 6, 20));
  CHECK(d.store(4, 4, 10));
  CHECK(d.bytes == 40);
  CHECK(d.has(1));
  CHECK(d.has(4));
  CHECK_FALSE(d.has(5));
  CHECK(d.may_drop(4));
  CHECK_FALSE(d.may_drop(5));
}

TEST_CASE("the oldest stretch is given up, and counts no more") {
  disk_part d;
  CHECK(d.drop_first().through == 0);
  const auto most = disk_part::stretch_bytes;
  CHECK(d.store(1, 3, most - 1));
  CHECK(d.stretches.empty());
  CHECK(d.store(4, 5, 2));
  CHECK(d.store(6, 6, most));
  CHECK(d.store(7, 7, 5));
  REQUIRE(d.stretches.size() == 2);
  const auto first = d.drop_first();
  CHECK(first.from == 1);
  CHECK(first.through == 5);
  CHECK(first.bytes == most + 1);
  CHECK(d.bytes == most + 5);
  CHECK_FALSE(d.has(5));
  CHECK(d.has(6));
  CHECK(d.may_drop(5));
  CHECK(d.drop_first().from == 6);
}

TEST_CASE("it begins anew after a hole") {
  disk_part d;
  CHECK(d.store(1, 3, 30));
  d.begin_anew(10);
  CHECK(d.bytes == 0);
  CHECK_FALSE(d.has(3));
  CHECK(d.store(10, 11, 20));
  CHECK(d.has(10));
}

TEST_CASE("nothing counts once its history is gone") {
  disk_part d;
  d.gone = true;
  CHECK_FALSE(d.store(1, 3, 30));
  CHECK(d.bytes == 0);
}
