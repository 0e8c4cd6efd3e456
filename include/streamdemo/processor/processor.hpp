// A processor: takes requests from the bus, runs their handlers, publishes what they emit, and completes a request once
// the log shows that its task has ended. Any number of processors share the work; the log decides which of them runs a
// task. Everything runs on one executor. The bus, clock, metrics and logger must outlive it.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/processor/handler.hpp>
#include <streamdemo/tracing/tracer.hpp>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace streamdemo::processor {

struct options {
  std::string source;                       // the id of this instance: "name/uid", new at each start
  std::vector<std::string> request_topics;  // each must have as many partitions as `response_topic`
  std::string response_topic;
  std::int32_t partitions = 1;  // of `response_topic`
  std::string dead_letter_topic;
  std::string group;
  bool alone = false;  // no other process can reach the bus: the runs of other instances ended with their processes
  std::uint32_t concurrency = 4;                                       // of all kinds together
  std::map<std::string, std::uint32_t, std::less<>> kind_concurrency;  // of a kind; not named: as many as of all
  base::milliseconds alone_wait{10000};           // how long a task that must run alone may keep others from starting
  std::uint64_t max_held_requests = 1000;         // per partition: received and not completed
  std::uint64_t max_gap = 1000000;                // per partition: received past the oldest un-completed one
  std::uint64_t max_held_bytes = 67108864;        // of un-completed requests
  std::uint64_t max_remembered_bytes = 67108864;  // for the ids of ended tasks
  std::uint64_t emit_bytes = 4194304;             // published and not yet acknowledged, per run
  std::uint64_t max_record_bytes = 921600;
  std::uint32_t max_runs = 3;  // runs after the first one; released ones do not count
  base::milliseconds alive_interval{2000};
  base::milliseconds recovery_margin{60000};
  base::milliseconds keep_for{3600000};  // how long gateways keep the history of an ended task
  tracing::tracer* traces = nullptr;     // nullptr: nothing is traced
};

class processor {
 public:
  // Destroy it only after drain(), or if start() was never called.
  virtual ~processor() = default;

  // Joins the group and begins. Call it once.
  virtual void start() = 0;

  // Why it takes no tasks now. nullopt: it takes tasks, which holds from start() until drain(), as long as the bus can
  // be read, this user may join the group, and no task arrived that only a newer version may run. Any thread.
  virtual std::optional<std::string> unready() const = 0;

  // Leaves the group, lets runs finish until `deadline`, releases the others (another processor then runs them at
  // once), and returns when nothing is left on the executor. If handlers or the bus do not answer, that is about
  // fifteen seconds after the deadline. Idempotent.
  virtual awaitable<void> drain(base::steady_time deadline) = 0;
};

// Throws std::invalid_argument if two handlers have the same kind.
std::unique_ptr<processor> make_processor(base::executor ex, options o, bus::bus& b,
                                          std::vector<std::unique_ptr<handler>> handlers, const base::clock& clock,
                                          base::metrics& metrics, const base::logger& log);

}  // namespace streamdemo::processor
