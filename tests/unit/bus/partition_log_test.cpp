#include "bus/inprocess/partition_log.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using bus::inprocess::partition_log;

namespace {
base::sys_time at_micros(std::int64_t n) {
  return base::sys_time(base::microseconds(n));
}
base::record with_value(std::string v) {
  base::record r;
  r.value = std::move(v);
  return r;
}
base::record_ptr put(partition_log& log, base::record r, base::sys_time now, std::uint64_t age) {
  log.stamp(r, now);
  return log.append(std::move(r), age);
}
}  // namespace

TEST_CASE("offsets count up from 0 and go on after the oldest was dropped") {
  partition_log log;
  CHECK(put(log, with_value("a"), at_micros(0), 0)->offset == 0);
  CHECK(put(log, with_value("b"), at_micros(0), 1)->offset == 1);
  const auto bytes = log.at(0)->bytes();
  CHECK(log.drop_oldest() == bytes);
  CHECK(log.begin() == 1);
  CHECK(put(log, with_value("c"), at_micros(0), 2)->offset == 2);
  CHECK(log.end() == 3);
  CHECK(log.at(1)->value == "b");
  CHECK(log.at(2)->value == "c");
  CHECK(log.oldest_age() == 1);
}

TEST_CASE("a record in the middle can be dropped, and its place stays until it is the oldest") {
  partition_log log;
  for (int i = 0; i < 3; ++i) put(log, with_value(std::string(1000, 'x')), at_micros(1'000 * i), 0);
  const auto bytes = log.at(1)->bytes();
  const auto freed = log.drop(1);
  CHECK(freed > 900);
  CHECK(log.drop(1) == 0);
  CHECK_FALSE(log.at(1));
  CHECK(log.begin() == 0);
  CHECK(log.at_time(at_micros(1'000)) == 1);
  log.drop_oldest();
  CHECK(log.drop_oldest() + freed == bytes);
  CHECK(log.at(2));
}

TEST_CASE("log times are milliseconds and never go back, not even when all records are gone") {
  partition_log log;
  CHECK(put(log, {}, at_micros(5'999), 0)->log_time == at_micros(5'000));
  CHECK(put(log, {}, at_micros(3'000), 1)->log_time == at_micros(5'000));
  log.drop_oldest();
  log.drop_oldest();
  CHECK(put(log, {}, at_micros(1'000), 2)->log_time == at_micros(5'000));
  CHECK(put(log, {}, at_micros(7'000), 3)->log_time == at_micros(7'000));
}

TEST_CASE("a time finds the first record that is not before it") {
  partition_log log;
  for (const auto t : {1'000, 2'000, 2'000, 4'000}) put(log, {}, at_micros(t), 0);
  CHECK(log.at_time(at_micros(0)) == 0);
  CHECK(log.at_time(at_micros(1'000)) == 0);
  CHECK(log.at_time(at_micros(1'001)) == 1);
  CHECK(log.at_time(at_micros(2'000)) == 1);
  CHECK(log.at_time(at_micros(3'000)) == 3);
  CHECK(log.at_time(at_micros(4'001)) == 4);
  log.drop_oldest();
  CHECK(log.at_time(at_micros(0)) == 1);
}

TEST_CASE("records that were stamped and not appended give their offsets back, and their time stays") {
  partition_log log;
  put(log, with_value("a"), at_micros(1'000), 0);
  base::record lost;
  log.stamp(lost, at_micros(9'000));
  CHECK(lost.offset == 1);
  CHECK(log.end() == 1);
  CHECK(log.next() == 2);
  log.unstamp();
  CHECK(put(log, with_value("b"), at_micros(2'000), 1)->offset == 1);
  CHECK(log.at(1)->log_time == at_micros(9'000));
}

TEST_CASE("it goes on where an earlier process ended, with the records that are put back") {
  partition_log log(7, at_micros(5'000));
  CHECK(log.begin() == 7);
  CHECK(put(log, with_value("new"), at_micros(1'000), 0)->log_time == at_micros(5'000));
  partition_log again(5, at_micros(5'000));
  auto stored = with_value("old");
  stored.offset = 5;
  again.restore(std::move(stored), 0);
  CHECK(again.at(5)->value == "old");
  CHECK(put(again, with_value("new"), at_micros(6'000), 1)->offset == 6);
}
