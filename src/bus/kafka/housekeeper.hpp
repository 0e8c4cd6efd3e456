// Serves the events that every client has: log lines, errors of brokers, statistics. Owner's executor only.
#pragma once
#include "bus/kafka/dependencies.hpp"
#include "bus/kafka/statistics.hpp"

namespace streamdemo::bus::kafka {

// The events that serve() takes; to be enabled with the client's own.
inline constexpr int housekeeping_events = RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS;
// The settings that make them come.
std::vector<setting> housekeeping_settings();

// "… (after 31ms in state CONNECT)" would look like a new message each time.
std::string without_times(std::string_view message);

class housekeeper {
 public:
  housekeeper(dependencies& d, std::string client)
      : deps_(d), client_(std::move(client)), gauges_(client_, d.metrics) {}

  // True: it was one of these. A fatal error is not.
  bool serve(rd_kafka_event_t* e);

 private:
  dependencies& deps_;
  const std::string client_;
  client_gauges gauges_;
};

}  // namespace streamdemo::bus::kafka
