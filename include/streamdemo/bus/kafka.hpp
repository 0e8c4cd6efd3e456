// The bus on a Kafka cluster (librdkafka). Everything is event-driven on the owner's executor; what the client library
// can only do by blocking runs on the bus's own small pool of threads.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/bus/bus.hpp>

#include <map>
#include <string>
#include <vector>

namespace streamdemo::bus {

struct kafka_options {
  std::vector<std::string> brokers;               // "host:port"
  std::map<std::string, std::string> properties;  // librdkafka's, handed on as they are
  std::string client_id = "streamdemo";
  // How long a publish with a deadline may take; longer deadlines are cut to it.
  base::milliseconds publish_timeout{5000};
  std::size_t max_record_bytes = 921600;  // the largest value that is published
  bool log_append_time = true;            // topics are made and checked so; the mock cluster cannot
};

// Why a librdkafka property may not be set: a promise of this program rests on it. nullopt: it may.
std::optional<std::string> protected_property(std::string_view name);
// What is wrong with a librdkafka property, whether this program or the library refuses it. nullopt: it is good.
std::optional<std::string> refused_property(const std::string& name, const std::string& value);

// Does not wait for the brokers. Errors: invalid_argument (a property that librdkafka or this program refuses, by
// name). `metrics` and `log` outlive the bus. Destroying it waits until its clients have ended, a few seconds at most.
result<std::unique_ptr<bus>> make_kafka_bus(kafka_options o, base::metrics& metrics, const base::logger& log);

}  // namespace streamdemo::bus
