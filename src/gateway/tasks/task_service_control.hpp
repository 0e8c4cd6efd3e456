// The task service as its owner sees it: the gateway makes, starts and drains it. All on loop 0.
#pragma once
#include <streamdemo/base/io_threads.hpp>
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/config/settings.hpp>

#include "gateway/access/secrets.hpp"
#include "gateway/tasks/task_service.hpp"

namespace streamdemo::gateway {

class task_service_control : public task_service {
 public:
  // The histories have caught up: from now on tasks that are over their expiry are ended.
  virtual void start() = 0;
  // New submissions get `closed`. Twice is fine.
  virtual void close() = 0;
  // close(), then: what is underway completes, at most until `deadline`, and the producer is drained. Needed before the
  // destructor; twice is fine.
  virtual base::awaitable<void> drain(base::steady_time deadline) = 0;
};

// What it works with; all of it outlives the service.
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
};

std::unique_ptr<task_service_control> make_task_service(task_service_parts p);

}  // namespace streamdemo::gateway
