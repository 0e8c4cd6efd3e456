// The bus on a Kafka cluster (librdkafka). Producers, consumers and readers are event-driven on their executor; calls
// of librdkafka that block run on a small pool of threads that the bus owns.
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
  std::map<std::string, std::string> properties;  // of librdkafka, passed on unchanged
  std::string client_id = "streamdemo";
  // The longest that a publish with a deadline may take; later deadlines are shortened to it.
  base::milliseconds publish_timeout{5000};
  std::size_t max_record_bytes = 921600;  // the largest value that is published
  bool log_append_time = true;            // topics must use LogAppendTime; false only for librdkafka's mock cluster
};

// Why a librdkafka property may not be set: a guarantee of this program depends on it. nullopt: it may be set.
std::optional<std::string> protected_property(std::string_view name);
// Why a librdkafka property with this value is refused, by this program or by the library. nullopt: it is valid.
std::optional<std::string> refused_property(const std::string& name, const std::string& value);

// Does not wait for the brokers. Error: invalid_argument, with the name of the property that librdkafka or this program
// refuses. `metrics` and `log` must outlive the bus. Its destructor waits until its clients have ended, for a few
// seconds at most.
result<std::unique_ptr<bus>> make_kafka_bus(kafka_options o, base::metrics& metrics, const base::logger& log);

}  // namespace streamdemo::bus
