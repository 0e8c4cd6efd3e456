// Handles the events that every client has: log lines, errors of brokers, statistics. Owner's executor only.
#pragma once
#include "bus/kafka/dependencies.hpp"
#include "bus/kafka/statistics.hpp"

namespace streamdemo::bus::kafka {

// The events that serve() handles; enable them together with the client's own.
inline constexpr int housekeeping_events = RD_KAFKA_EVENT_LOG | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS;
// The settings that make the library send these events.
std::vector<setting> housekeeping_settings();

// Removes times such as "(after 31ms in state CONNECT)", which would make each message look new to the throttle.
std::string without_times(std::string_view message);

class housekeeper {
 public:
  housekeeper(dependencies& d, std::string client)
      : deps_(d), client_(std::move(client)), gauges_(client_, d.metrics) {}

  // True: it was one of housekeeping_events and is handled. A fatal error is left to the caller.
  bool serve(rd_kafka_event_t* e);

 private:
  dependencies& deps_;
  const std::string client_;
  client_gauges gauges_;
};

}  // namespace streamdemo::bus::kafka
