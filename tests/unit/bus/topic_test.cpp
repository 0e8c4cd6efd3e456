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

bus::topic_spec spec(when_full full, std::size_t records, std::int32_t partitions = 1) {
  bus::topic_spec s;
  s.name = "t";
  s.partitions = partitions;
  s.full = full;
  s.max_bytes = records * unit;
  return s;
}

topic make(when_full full, std::size_t records, std::int32_t partitions = 1) {
  return topic(spec(full, records, partitions));
}

bool put(topic& t, std::int32_t partition = 0) {
  if (!t.make_room(unit)) return false;
  auto r = sized(100);
  r.partition = partition;
  t.stamp(r, {});
  t.append(std::move(r));
  return true;
}

}  // namespace

TEST_CASE("an empty topic takes one record of any size") {
  for (const auto full : {when_full::wait, when_full::refuse}) {
    auto t = make(full, 1);
    CHECK(t.make_room(50 * unit));
    CHECK_FALSE(put(t));
    t.give_back(50 * unit);
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

TEST_CASE("completed records behind one that is not are dropped when there is no other room") {
  auto t = make(when_full::refuse, 4, 2);
  std::int64_t position = 0;
  t.hold(0, &position);
  for (int i = 0; i < 3; ++i) REQUIRE(put(t));
  REQUIRE(put(t, 1));
  t.completed(0, 1);
  t.completed(0, 2);
  CHECK(t.log(0).at(1));
  CHECK(put(t));
  CHECK(t.log(0).at(0));
  CHECK_FALSE(t.log(0).at(1));
  CHECK_FALSE(t.log(0).at(2));
  CHECK(t.log(0).begin() == 0);
  t.completed(0, 1);
  std::size_t more = 0;
  while (put(t)) ++more;
  CHECK(more <= 1);  // what is left of those that were dropped counts
  // However often it is said, no more is remembered than there are records.
  for (int i = 0; i < 1000; ++i) t.completed(0, 3);
  position = 4;
  CHECK(put(t));
  CHECK(t.log(0).begin() > 0);
}

TEST_CASE("what another group has not completed is not dropped behind one that is not completed") {
  auto t = make(when_full::refuse, 2);
  std::int64_t one = 0, other = 0;
  t.hold(0, &one);
  t.hold(0, &other);
  REQUIRE(put(t));
  REQUIRE(put(t));
  t.completed(0, 1);
  CHECK_FALSE(put(t));
  CHECK(t.log(0).at(1));
}

TEST_CASE("with a journal, a topic that waits drops from memory what its readers lack, and says that it can be read") {
  topic t(spec(when_full::wait, 2), {{3, 5, {}}});
  CHECK_FALSE(t.waits_for_readers());
  CHECK(t.begin(0) == 3);
  for (int i = 0; i < 4; ++i) REQUIRE(put(t));
  CHECK(t.log(0).begin() == 7);
  CHECK(t.log(0).end() == 9);
  CHECK(t.begin(0) == 3);
  t.keep_from(0, 8);
  CHECK(t.begin(0) == 7);
  CHECK(t.entry(0).begin == 8);
  CHECK(t.entry(0).end == 9);
}

TEST_CASE("with a journal, a topic that refuses can be read as far as its memory goes") {
  topic t(spec(when_full::refuse, 2), {{3, 5, {}}});
  auto stored = sized(100);
  stored.partition = 0;
  stored.offset = 4;
  t.restore(std::move(stored));
  CHECK(t.begin(0) == 4);
  CHECK(t.kept_from(0) == 3);
  CHECK(t.bytes() == unit);
  CHECK(put(t));
  CHECK(t.log(0).end() == 6);
}
