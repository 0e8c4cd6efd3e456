// The gateway: serves clients over HTTP, reads and writes the bus, and keeps the histories of tasks. The application
// makes it, and must keep everything that it passes by reference alive until the gateway is drained and destroyed.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/io_threads.hpp>
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/config/settings.hpp>
#include <streamdemo/gateway/api/kind_info.hpp>
#include <streamdemo/tracing/tracer.hpp>

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace streamdemo::gateway {

struct dependencies {
  bus::bus& bus;
  artifacts::store& artifacts;
  const config::settings& settings;
  base::io_threads& loops;
  const base::clock& clock;
  base::metrics& metrics;
  const base::logger& log;
  std::string instance;  // the `source` of its records: "name/uid", with a new uid at each start
  std::vector<kind_info> kinds;
  std::string id_secret;            // shared by all gateways of one installation; empty only with auth.mode none
  std::vector<int> passed_sockets;  // as http::server_options
  // Bounds on descriptor numbers: http::server_options::descriptors_below and refusals_below.
  int connections_below = std::numeric_limits<int>::max();
  int files_below = std::numeric_limits<int>::max();
  tracing::tracer* traces = nullptr;  // nullptr: nothing is traced
};

class gateway {
 public:
  virtual ~gateway() = default;

  // Call it once, on loop 0, when the topics exist. It learns the time of the bus, reads the response topic, and at its
  // end opens the public listener. Waits as long as the bus cannot be reached. Errors: invalid_argument (no valid
  // address, or an issuer's authorities cannot be read), io (the port), closed (close() was called).
  virtual base::awaitable<base::result<void>> start() = 0;

  // The port of the public listener; 0 before it is open.
  virtual std::uint16_t port() const = 0;

  // Why it serves no tasks now; nullopt: it does. Any thread.
  virtual std::optional<std::string> ready() const = 0;

  // From now on it is not ready, and new connections are refused. Any thread; idempotent.
  virtual void close() = 0;

  // Calls close(), tells streams to reconnect, and lets requests and publishes in progress finish; at `deadline` it
  // cuts the rest. On loop 0, after start() has returned. Required before the destructor, even if start() failed.
  // Idempotent.
  virtual base::awaitable<void> drain(base::steady_time deadline) = 0;
};

std::unique_ptr<gateway> make_gateway(dependencies s);

}  // namespace streamdemo::gateway
