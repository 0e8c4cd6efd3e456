// librdkafka's statistics, reduced to what people watch. Pure but for show().
#pragma once
#include <streamdemo/base/metrics.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace streamdemo::bus::kafka {

struct statistics {
  bool of_producer = false;
  // Of a producer:
  std::int64_t out_records = 0;  // handed to the library, not yet acknowledged
  std::int64_t out_bytes = 0;
  std::map<std::string, double> broker_rtt;  // seconds, mean of the last interval, by broker
  // Of a consumer, by topic:
  std::map<std::string, std::int64_t> lag;      // records in the log past the last one handed on
  std::map<std::string, std::int64_t> fetched;  // records of these that the library holds already
};

// Nothing: it is no JSON object.
std::optional<statistics> read_statistics(std::string_view json);

// Thread-safe.
void show(const statistics& s, const std::string& client, base::metrics& m);

}  // namespace streamdemo::bus::kafka
