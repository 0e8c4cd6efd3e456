#include "bus/inprocess/journal/layout.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::bus::inprocess::journal;

TEST_CASE("keys of one partition are in the order of their offsets, and those of another lie beside them") {
  CHECK(record_key(1, 2, 255) < record_key(1, 2, 256));
  CHECK(record_key(1, 2, 1'000'000) < record_key(1, 3, 0));
  CHECK(record_key(1, 300, 5) < record_key(2, 0, 0));
  CHECK(parse_record_key(record_key(7, 8, 9)) == 9);
}

TEST_CASE("keys are read back, and others are not taken for them") {
  CHECK(parse_topic_key(topic_key("response")) == "response");
  CHECK(parse_partition_key(partition_key(3, 11)) == std::pair{topic_number(3), 11});
  const auto c = parse_commit_key(commit_key({2, 5, "group"}));
  REQUIRE(c);
  CHECK(c->topic == 2);
  CHECK(c->partition == 5);
  CHECK(c->group == "group");
  CHECK_FALSE(parse_topic_key(partition_key(3, 11)));
  CHECK_FALSE(parse_partition_key("p123"));
  CHECK_FALSE(parse_record_key(record_key(7, 8, 9) + "x"));
  CHECK_FALSE(parse_commit_key("c1"));
}

TEST_CASE("a record is read back as it was, and a part of it is none") {
  base::record r;
  r.log_time = base::sys_time(base::microseconds(1'234'567));
  r.key = "key";
  r.headers = {{"ce_type", "x"}, {"empty", ""}};
  r.value = std::string("v\0v", 3);
  std::string bytes;
  encode(r, bytes);
  const auto back = decode_record(bytes);
  REQUIRE(back);
  CHECK(back->log_time == r.log_time);
  CHECK(back->key == r.key);
  CHECK(back->headers == r.headers);
  CHECK(back->value == r.value);
  CHECK(decode_log_time(bytes) == r.log_time);
  for (std::size_t n = 0; n + r.value.size() < bytes.size(); ++n) CHECK_FALSE(decode_record(bytes.substr(0, n)));
}

TEST_CASE("what cannot have been written is not read") {
  CHECK(decode_partition(encode(partition_entry{3, 5, {}}))->end == 5);
  CHECK_FALSE(decode_partition(encode(partition_entry{5, 3, {}})));
  CHECK_FALSE(decode_topic(encode(topic_entry{0, 0})));
  CHECK(decode_commit(encode(commit_entry{4, {}}))->offset == 4);
  CHECK_FALSE(decode_commit("short"));
  CHECK(decode_number(encode(std::uint32_t(9))) == 9u);
}
