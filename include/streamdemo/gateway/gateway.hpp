// The gateway: HTTP in front, the bus behind, histories in between. Made by the application, which owns what is named
// here and keeps it alive until drain() has completed and the gateway is destroyed.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/io_threads.hpp>
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/config/settings.hpp>
#include <streamdemo/gateway/api/kind_info.hpp>

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace streamdemo::gateway {

struct surroundings {
  bus::bus& bus;
  artifacts::store& artifacts;
  const config::settings& settings;
  base::io_threads& loops;
  const base::clock& clock;
  base::metrics& metrics;
  const base::logger& log;
  std::string instance;  // source of its records: "name/uid", the uid new at each start
  std::vector<kind_info> kinds;
  std::string id_secret;  // what all gateways of one installation know; needed where auth.mode asks for a name
  // As http::server_options: of its connections, and of those that it refuses.
  int connections_below = std::numeric_limits<int>::max();
  int files_below = std::numeric_limits<int>::max();
};

class gateway {
 public:
  virtual ~gateway() = default;

  // On loop 0, once, when the topics are there: the bus's clock is learned, the response topic is read back, and when
  // its end is reached the public listener opens. A bus that is away is waited for. Errors: invalid_argument (no
  // address), io (the port), closed (close() came first).
  virtual base::awaitable<base::result<void>> start() = 0;

  // The port of the public listener; 0 before it is open.
  virtual std::uint16_t port() const = 0;

  // Nothing when tasks are served, otherwise why not. Any thread.
  virtual std::optional<std::string> ready() const = 0;

  // From now on not ready, and new connections are refused. Any thread; twice is fine.
  virtual void close() = 0;

  // close(), then: streams are told to reconnect, requests and publishes underway finish; what is left at `deadline` is
  // cut. On loop 0, after start() has returned. Needed before the destructor, also when start() failed; twice is fine.
  virtual base::awaitable<void> drain(base::steady_time deadline) = 0;
};

std::unique_ptr<gateway> make_gateway(surroundings s);

}  // namespace streamdemo::gateway
