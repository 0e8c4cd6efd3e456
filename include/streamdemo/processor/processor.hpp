// A processor: takes requests from the bus, runs their handlers, publishes what they emit, and completes a request once
// the log shows that its task has ended. Any number of them share the work; which of them runs what, the log decides.
// Made by app. Everything happens on the one executor it is given; the bus, clock, metrics and logger outlive it.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/processor/handler.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace streamdemo::processor {

struct options {
  std::string source;                       // of this instance: "name/uid", new at each start
  std::vector<std::string> request_topics;  // all with as many partitions as `response_topic`
  std::string response_topic;
  std::int32_t partitions = 1;  // of `response_topic`
  std::string dead_letter_topic;
  std::string group;
  std::uint32_t concurrency = 4;
  std::uint64_t max_gap = 1000;                   // records per partition past the oldest un-completed one
  std::uint64_t max_held_bytes = 67108864;        // of un-completed requests
  std::uint64_t max_remembered_bytes = 67108864;  // for tasks that have ended
  std::uint64_t emit_bytes = 4194304;             // not yet acknowledged, per run
  std::uint64_t max_record_bytes = 921600;
  std::uint32_t max_runs = 3;  // further runs after the first, released ones not counted
  base::milliseconds alive_interval{2000};
  base::milliseconds recovery_margin{60000};
  base::milliseconds keep_for{3600000};  // as the gateways' histories
};

class processor {
 public:
  // Only after drain(), or if start() was never called.
  virtual ~processor() = default;

  // Joins the group and begins. Once.
  virtual void start() = 0;

  // Why it takes no tasks now; nullopt: it does, from start() until drain(), as long as the bus can be read, this user
  // may join the group, and no task came that only a newer version may do. Any thread.
  virtual std::optional<std::string> unready() const = 0;

  // Leaves the group, lets the runs finish until `deadline`, releases the rest (another processor then runs them at
  // once), and returns when nothing is left on the executor: where handlers or the bus do not answer, some fifteen
  // seconds after the deadline. May be called again.
  virtual awaitable<void> drain(base::steady_time deadline) = 0;
};

// Each kind has one handler. Throws std::invalid_argument when two have the same.
std::unique_ptr<processor> make_processor(base::executor ex, options o, bus::bus& b,
                                          std::vector<std::unique_ptr<handler>> handlers, const base::clock& clock,
                                          base::metrics& metrics, const base::logger& log);

}  // namespace streamdemo::processor
