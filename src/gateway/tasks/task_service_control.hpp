// The task service as its owner, the gateway, sees it: how to make, start and drain it. All on loop 0.
#pragma once
#include <streamdemo/base/io_threads.hpp>
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/config/settings.hpp>
#include <streamdemo/tracing/tracer.hpp>

#include "gateway/access/secrets.hpp"
#include "gateway/tasks/task_service.hpp"

namespace streamdemo::gateway {

class task_service_control : public task_service {
 public:
  // Call it when the histories have caught up: from then on, tasks that are past their expiry are ended.
  virtual void start() = 0;
  // From now on new submissions get the error `closed`. Idempotent.
  virtual void close() = 0;
  // Calls close(), lets operations in progress complete, at most until `deadline`, and drains the producer. Needed
  // before the destructor; idempotent.
  virtual base::awaitable<void> drain(base::steady_time deadline) = 0;
};

// What the service depends on; all of it outlives the service.
struct task_service_parts {
  bus::bus& bus;
  histories& all;
  artifacts::store& files;
  const config::settings& settings;
  base::io_threads& loops;
  const base::clock& clock;
  base::metrics& metrics;
  const base::logger& log;
  std::string source;
  const secrets& own_secrets;
  std::vector<std::string> kinds;
  tracing::tracer* traces = nullptr;  // nullptr: nothing is traced
};

std::unique_ptr<task_service_control> make_task_service(task_service_parts p);

}  // namespace streamdemo::gateway
