// The part of librdkafka's statistics that operators watch, and the metrics that show it.
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
  std::map<std::string, std::int64_t> requests;  // by API, sent to brokers since the client was made
  // Of a producer:
  std::int64_t out_records = 0;  // given to the library and not yet acknowledged
  std::int64_t out_bytes = 0;
  std::map<std::string, double> broker_rtt;  // by broker, in seconds: the mean of the last interval
  // Of a consumer, by topic:
  std::map<std::string, std::int64_t> lag;      // records in the log past the last one that was delivered
  std::map<std::string, std::int64_t> fetched;  // how many of those the library has already fetched
};

// nullopt: `json` is not a JSON object.
std::optional<statistics> read_statistics(std::string_view json);

// The gauges of one client, labelled with its name. They are removed with it: names are never used again, so gauges of
// former clients would pile up. And the counters of all clients of its role, which is its name up to the last '-'.
class client_gauges {
 public:
  client_gauges(std::string client, base::metrics& m) : client_(std::move(client)), metrics_(m) {}
  ~client_gauges();
  client_gauges(const client_gauges&) = delete;

  void show(const statistics& s);

 private:
  void count(const std::map<std::string, std::int64_t>& requests);
  void set(const std::string& name, const std::string& help, base::labels l, double value);

  const std::string client_;
  base::metrics& metrics_;
  std::set<std::tuple<std::string, std::string, base::labels>> made_;
  std::map<std::string, std::int64_t> counted_;  // of statistics::requests
};

}  // namespace streamdemo::bus::kafka
