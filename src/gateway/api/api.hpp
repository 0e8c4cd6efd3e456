// The gateway's HTTP API: one file per endpoint; routes.cpp has the table of all endpoints. The gateway makes it once
// and passes handler() and error_page() to the HTTP server.
//
// Threads: handler() runs on the loop of each connection. The dependencies outlive the api; those that it uses from
// several loops are thread-safe.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/base/byte_budget.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/io_threads.hpp>
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/config/settings.hpp>
#include <streamdemo/gateway/api/kind_info.hpp>
#include <streamdemo/http/server.hpp>
#include <streamdemo/tracing/tracer.hpp>

#include <memory>
#include <string>
#include <vector>

#include "gateway/access/gate.hpp"
#include "gateway/history/histories.hpp"
#include "gateway/tasks/input_keeper.hpp"
#include "gateway/tasks/task_service.hpp"

namespace streamdemo::gateway {

struct api_dependencies {
  gate& entrance;
  histories& all;
  task_service& service;
  input_keeper& inputs;
  artifacts::store& files;
  const config::settings& settings;
  base::io_threads& loops;  // those of the HTTP server
  const base::clock& clock;
  base::metrics& metrics;
  const base::logger& log;
  base::byte_budget& buffers;  // bounds what all connections together hold
  std::string instance;        // this gateway's `source` in records, "name/uid"
  std::vector<kind_info> kinds;
  tracing::tracer* traces = nullptr;  // nullptr: nothing is traced
};

class api {
 public:
  virtual ~api() = default;

  // For http::make_server. The api outlives the server.
  virtual http::handler handler() = 0;
  virtual http::error_page error_page() = 0;

  // Call it once, on loop 0. Starts the regular check for keys that were added or removed.
  virtual void start() = 0;

  // Call it together with http::server::close(): waiting polls are answered at once, submissions get 503, and each
  // answer ends its connection. Any thread; idempotent.
  virtual void begin_drain() = 0;

  // Call it after http::server::drain() and before the destructor, on loop 0: cancels and joins submissions whose
  // WebSocket is gone.
  virtual base::awaitable<void> drain() = 0;
};

std::unique_ptr<api> make_api(api_dependencies d);

}  // namespace streamdemo::gateway
