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
}  // namespace

TEST_CASE("offsets count up from 0 and go on after the oldest was dropped") {
  partition_log log;
  CHECK(log.append(with_value("a"), at_micros(0), 0)->offset == 0);
  CHECK(log.append(with_value("b"), at_micros(0), 1)->offset == 1);
  const auto bytes = log.at(0)->bytes();
  CHECK(log.drop_oldest() == bytes);
  CHECK(log.begin() == 1);
  CHECK(log.append(with_value("c"), at_micros(0), 2)->offset == 2);
  CHECK(log.end() == 3);
  CHECK(log.at(1)->value == "b");
  CHECK(log.at(2)->value == "c");
  CHECK(log.oldest_age() == 1);
}

TEST_CASE("log times are milliseconds and never go back, not even when all records are gone") {
  partition_log log;
  CHECK(log.append({}, at_micros(5'999), 0)->log_time == at_micros(5'000));
  CHECK(log.append({}, at_micros(3'000), 1)->log_time == at_micros(5'000));
  log.drop_oldest();
  log.drop_oldest();
  CHECK(log.append({}, at_micros(1'000), 2)->log_time == at_micros(5'000));
  CHECK(log.append({}, at_micros(7'000), 3)->log_time == at_micros(7'000));
}

TEST_CASE("a time finds the first record that is not before it") {
  partition_log log;
  for (const auto t : {1'000, 2'000, 2'000, 4'000}) log.append({}, at_micros(t), 0);
  CHECK(log.at_time(at_micros(0)) == 0);
  CHECK(log.at_time(at_micros(1'000)) == 0);
  CHECK(log.at_time(at_micros(1'001)) == 1);
  CHECK(log.at_time(at_micros(2'000)) == 1);
  CHECK(log.at_time(at_micros(3'000)) == 3);
  CHECK(log.at_time(at_micros(4'001)) == 4);
  log.drop_oldest();
  CHECK(log.at_time(at_micros(0)) == 1);
}
