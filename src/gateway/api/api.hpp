// The gateway's HTTP face: one file per endpoint, the table of all of them in routes.cpp. Made once by the gateway,
// which hands handler() and error_page() to the HTTP server.
//
// Threads: handler() runs on the loop of each connection. Everything named here is thread-safe where the API
// uses it from several loops, and outlives the api.
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
  base::io_threads& loops;  // those of the server
  const base::clock& clock;
  base::metrics& metrics;
  const base::logger& log;
  base::byte_budget& buffers;  // what all connections together hold
  std::string instance;        // this gateway's own source ("name/uid")
  std::vector<kind_info> kinds;
};

class api {
 public:
  virtual ~api() = default;

  // For http::make_server. The api outlives the server.
  virtual http::handler handler() = 0;
  virtual http::error_page error_page() = 0;

  // Once, on loop 0: from now on changes of who may call are looked for.
  virtual void start() = 0;

  // Call it together with http::server::close(): waiting polls are answered at once, submissions get 503, answers end
  // their connection. Any thread; twice is fine.
  virtual void begin_drain() = 0;

  // After http::server::drain(): ends and joins submissions whose WebSocket is gone. On loop 0. Needed before the end.
  virtual base::awaitable<void> drain() = 0;
};

std::unique_ptr<api> make_api(api_dependencies d);

}  // namespace streamdemo::gateway
