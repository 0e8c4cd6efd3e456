#include <doctest/doctest.h>

#include <streamdemo/bus/kafka.hpp>

using namespace streamdemo;
using namespace streamdemo::bus;

namespace {

std::string refusal(const std::string& name, const std::string& value) {
  base::metrics m;
  const base::logger log("test", base::log_level::off);
  kafka_options o;
  o.brokers.push_back("127.0.0.1:1");
  o.properties.emplace(name, value);
  const auto made = make_kafka_bus(std::move(o), m, log);
  if (made.has_value()) return "";
  CHECK(made.error().code == errc::invalid_argument);
  return made.error().message;
}

}  // namespace

TEST_CASE("a setting on which a promise rests is refused by name, with the promise") {
  for (const auto* name :
       {"acks", "enable.idempotence", "enable.auto.commit", "auto.offset.reset", "group.id",
        "partition.assignment.strategy", "group.protocol", "message.timeout.ms", "bootstrap.servers"}) {
    CHECK(protected_property(name).has_value());
    const auto message = refusal(name, "1");
    CHECK(message.find(name) != std::string::npos);
    CHECK(message.find("may not be set: ") != std::string::npos);
  }
}

TEST_CASE("a setting that the client library does not know, or a value it does not take, is refused by name") {
  CHECK(refusal("fetch.wait.max.parsecs", "1").find("fetch.wait.max.parsecs") != std::string::npos);
  CHECK(refusal("fetch.wait.max.ms", "soon").find("fetch.wait.max.ms") != std::string::npos);
}

TEST_CASE("each property can be judged by itself, before any bus is made") {
  CHECK(refused_property("acks", "1").value_or("").find("may not be set: ") == 0);
  CHECK(refused_property("fetch.wait.max.parsecs", "1").value_or("").find("fetch.wait.max.parsecs") !=
        std::string::npos);
  CHECK(refused_property("fetch.wait.max.ms", "soon").value_or("").find("fetch.wait.max.ms") != std::string::npos);
  CHECK_FALSE(refused_property("sasl.mechanisms", "PLAIN"));
}

TEST_CASE("every other setting is handed on, and no broker is waited for") {
  CHECK_FALSE(protected_property("sasl.password").has_value());
  CHECK(refusal("fetch.wait.max.ms", "10") == "");
}
