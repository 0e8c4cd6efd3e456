// The service on one bus: a single process with the in-process bus, or a gateway and processors on Kafka.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "compare/client/place.hpp"
#include "compare/measure/server_process.hpp"
#include "compare/progress.hpp"

namespace streamdemo::compare {

struct plan {
  std::string brokers;      // empty: one process with the in-process bus
  int processors = 1;       // on Kafka
  int concurrency = 4;      // how many tasks run at once in each processor
  std::string config_text;  // TOML for all of them
};

class deployment {
 public:
  // On Kafka it uses new topics, so that nothing of an earlier measurement is read. Error: unavailable.
  static base::result<std::unique_ptr<deployment>> start(const std::filesystem::path& program, const plan& p);

  // Runs small tasks until every worker has done one, because a Kafka group distributes its partitions some seconds
  // after its members have joined. Blocks. Errors: canceled (SIGINT or SIGTERM), unavailable.
  base::result<void> warm_up(progress& shown);

  const place& at() const { return at_; }
  server_process& gateway() { return *gateway_; }
  // The process that runs tasks; with a single process that is the gateway.
  server_process& worker(std::size_t i) { return workers_.empty() ? *gateway_ : *workers_[i]; }
  // The name of the worker in the `source` of its events.
  std::string worker_name(std::size_t i) const;

 private:
  place at_;
  std::unique_ptr<server_process> gateway_;
  std::vector<std::unique_ptr<server_process>> workers_;
};

// Pure: the settings of one process on Kafka.
std::vector<std::string> kafka_settings(const plan& p, const std::string& topic_prefix, const std::string& role,
                                        const std::string& name);

// Whether some broker accepts connections. Blocks at most a second for each.
bool reachable(const std::string& brokers);

}  // namespace streamdemo::compare
