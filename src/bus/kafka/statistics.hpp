// librdkafka's statistics, reduced to what people watch, and the gauges that show them.
#pragma once
#include <streamdemo/base/metrics.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>

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

// nullopt: it is no JSON object.
std::optional<statistics> read_statistics(std::string_view json);

// The gauges of one client, under its name. They end with it: each client has a name of its own, and those of clients
// that are gone would stay for ever.
class client_gauges {
 public:
  client_gauges(std::string client, base::metrics& m) : client_(std::move(client)), metrics_(m) {}
  ~client_gauges();
  client_gauges(const client_gauges&) = delete;

  void show(const statistics& s);

 private:
  void set(const std::string& name, const std::string& help, base::labels l, double value);

  const std::string client_;
  base::metrics& metrics_;
  std::set<std::tuple<std::string, std::string, base::labels>> made_;
};

}  // namespace streamdemo::bus::kafka
