#include "bus/inprocess/topic.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using bus::when_full;
using bus::inprocess::topic;

namespace {

base::record sized(std::size_t value) {
  base::record r;
  r.value.assign(value, 'x');
  return r;
}

const std::size_t unit = sized(100).bytes();

topic make(when_full full, std::size_t records, std::int32_t partitions = 1) {
  bus::topic_spec s;
  s.name = "t";
  s.partitions = partitions;
  s.full = full;
  s.max_bytes = records * unit;
  return topic(s);
}

bool put(topic& t, std::int32_t partition = 0) {
  if (!t.make_room(unit)) return false;
  t.append(sized(100), partition, {});
  return true;
}

}  // namespace

TEST_CASE("an empty topic takes one record of any size") {
  for (const auto full : {when_full::wait, when_full::refuse}) {
    auto t = make(full, 1);
    CHECK(t.make_room(50 * unit));
    CHECK(put(t));
  }
}

TEST_CASE("where nobody follows, the oldest of all partitions goes first and what fits is kept") {
  auto t = make(when_full::wait, 3, 2);
  for (const auto p : {1, 0, 1, 0, 0}) REQUIRE(put(t, p));
  CHECK(t.log(1).begin() == 1);
  CHECK(t.log(0).begin() == 1);
  CHECK(t.bytes() == 3 * unit);
}

TEST_CASE("a topic that waits keeps what one of its readers has not passed") {
  auto t = make(when_full::wait, 2);
  std::int64_t fast = 0, slow = 0;
  t.hold(0, &fast);
  t.hold(0, &slow);
  CHECK(put(t));
  CHECK(put(t));
  fast = 2;
  CHECK_FALSE(put(t));
  slow = 1;
  CHECK(put(t));
  CHECK_FALSE(put(t));
  t.release(0, &slow);
  CHECK(put(t));
  CHECK(t.log(0).begin() == 2);
}

TEST_CASE("a held partition does not keep another partition's records") {
  auto t = make(when_full::wait, 2, 2);
  std::int64_t position = 0;
  t.hold(0, &position);
  CHECK(put(t, 0));
  CHECK(put(t, 1));
  CHECK(put(t, 1));
  CHECK(t.log(0).begin() == 0);
  CHECK(t.log(1).begin() == 1);
}

TEST_CASE("a topic that refuses drops only what every group has completed, and nothing without a group") {
  auto t = make(when_full::refuse, 2);
  CHECK(put(t));
  CHECK(put(t));
  CHECK_FALSE(put(t));
  std::int64_t one = 0, other = 0;
  t.hold(0, &one);
  t.hold(0, &other);
  one = 2;
  CHECK_FALSE(put(t));
  other = 1;
  CHECK(put(t));
  CHECK(t.log(0).begin() == 1);
  CHECK_FALSE(put(t));
}
