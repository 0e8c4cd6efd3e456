// The service on one bus: a single process, or a gateway and processors.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compare/buses/tried_bus.hpp"
#include "compare/client/place.hpp"
#include "compare/measure/server_process.hpp"
#include "compare/progress.hpp"

namespace streamdemo::compare {

struct plan {
  tried_bus bus;
  int processors = 1;       // if the bus connects several processes
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
  // What all its processes have used so far: CPU time in nanoseconds, and memory in bytes. Brokers are not among them.
  std::optional<std::uint64_t> cpu() const;
  std::optional<std::uint64_t> memory() const;
  // The name of the worker in the `source` of its events.
  std::string worker_name(std::size_t i) const;

 private:
  std::optional<std::uint64_t> sum_of(std::optional<std::uint64_t> (*used)(pid_t)) const;

  place at_;
  std::unique_ptr<server_process> gateway_;
  std::vector<std::unique_ptr<server_process>> workers_;
};

// Pure: the settings of one of several processes.
std::vector<std::string> part_settings(const plan& p, const std::string& topic_prefix, const std::string& role,
                                       const std::string& name);

// Whether some broker accepts connections. Blocks at most a second for each.
bool reachable(const std::string& brokers);

}  // namespace streamdemo::compare
