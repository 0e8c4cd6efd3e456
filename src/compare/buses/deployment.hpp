// The service as it stands on one bus: a process that is everything, or a gateway and processors on Kafka.
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
  int concurrency = 4;      // tasks at once in each processor
  std::string config_text;  // TOML for all of them
};

class deployment {
 public:
  // On Kafka with topics of its own, so that nothing of an earlier measurement is read. Error: unavailable.
  static base::result<std::unique_ptr<deployment>> start(const std::filesystem::path& program, const plan& p);

  // Gives it small tasks until every worker has done one: a group of Kafka's shares its work out some seconds after its
  // members have come. Blocks. Errors: canceled (SIGINT or SIGTERM), unavailable.
  base::result<void> warm_up(progress& shown);

  const place& at() const { return at_; }
  server_process& gateway() { return *gateway_; }
  // What does the work: the gateway itself where there is one process.
  server_process& worker(std::size_t i) { return workers_.empty() ? *gateway_ : *workers_[i]; }
  // What `source` says in its events.
  std::string worker_name(std::size_t i) const;

 private:
  place at_;
  std::unique_ptr<server_process> gateway_;
  std::vector<std::unique_ptr<server_process>> workers_;
};

// Pure: the settings of one process on Kafka.
std::vector<std::string> kafka_settings(const plan& p, const std::string& topic_prefix, const std::string& role,
                                        const std::string& name);

// Some broker takes connections. Blocks a second for each at the most.
bool reachable(const std::string& brokers);

}  // namespace streamdemo::compare
