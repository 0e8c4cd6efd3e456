#include "bus/kafka/producer_settings.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::bus::kafka;

namespace {

std::optional<std::string> value_of(const std::vector<setting>& all, std::string_view name) {
  for (const auto& s : all) {
    if (s.name == name) return s.value;
  }
  return std::nullopt;
}

// What the library has in the end, where brokers are far away.
std::string value_used(const bus::kafka_options& o, const char* name) {
  const auto conf = make_conf(o, producer_defaults(o, base::milliseconds(20)), producer_fixed(o, std::nullopt, 1000));
  REQUIRE(conf.has_value());
  char value[8];
  std::size_t size = sizeof value;
  REQUIRE(rd_kafka_conf_get(conf->get(), name, value, &size) == RD_KAFKA_CONF_OK);
  return value;
}

}  // namespace

TEST_CASE("the library takes every record that may be published, with its key and headers, whatever the user set") {
  bus::kafka_options o;
  o.max_record_bytes = 5'000'000;
  o.properties["message.max.bytes"] = "2000";
  const auto bytes = std::stoul(value_of(producer_fixed(o, std::nullopt, 1000), "message.max.bytes").value());
  CHECK(bytes > o.max_record_bytes);
  // Twice, so that the largest finds room after another.
  o.max_record_bytes = 200'000'000;
  const auto kbytes = std::stoul(value_of(producer_defaults(o, std::nullopt), "queue.buffering.max.kbytes").value());
  CHECK(kbytes * 1024 >= 2 * o.max_record_bytes);
}

TEST_CASE("records without a deadline are never given up and leave no gap; the others are given up in time") {
  const bus::kafka_options o;
  const auto patient = producer_fixed(o, std::nullopt, 1000);
  CHECK(value_of(patient, "message.timeout.ms") == "0");
  CHECK(value_of(patient, "enable.gapless.guarantee") == "true");
  const auto timed = producer_fixed(o, base::milliseconds(3000), 1000);
  CHECK(value_of(timed, "message.timeout.ms") == "3000");
  CHECK(value_of(timed, "topic.metadata.propagation.max.ms") == "1500");
  CHECK_FALSE(value_of(timed, "enable.gapless.guarantee"));
}

TEST_CASE("a batch is as large as the user says, or as the library has it") {
  bus::kafka_options o;
  CHECK(batch_bytes(o) == 1'000'000);
  o.properties["batch.size"] = "1234";
  CHECK(batch_bytes(o) == 1234);
}

TEST_CASE("several requests are under way only where one takes long, and never what the user does not want") {
  CHECK(requests_in_flight(std::nullopt) == 1);
  CHECK(requests_in_flight(base::milliseconds(2)) == 1);
  CHECK(requests_in_flight(base::milliseconds(20)) == 5);
  constexpr auto name = "max.in.flight.requests.per.connection";
  bus::kafka_options o;
  CHECK(value_of(producer_defaults(o, base::milliseconds(20)), name) == "5");
  o.properties[name] = "2";
  CHECK(value_used(o, name) == "2");
}

TEST_CASE("records wait for others of their partition as long as the user says, or two milliseconds") {
  bus::kafka_options o;
  CHECK_FALSE(user_sets_linger(o));
  CHECK(value_of(producer_defaults(o, std::nullopt), "linger.ms") == "2");
  for (const auto* name : {"linger.ms", "queue.buffering.max.ms"}) {
    bus::kafka_options set;
    set.properties[name] = "7";
    CHECK(user_sets_linger(set));
    CHECK(value_used(set, "linger.ms") == "7");
  }
}
