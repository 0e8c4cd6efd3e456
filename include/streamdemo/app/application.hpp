// The application: runs the roles that the settings name in this process, on threads of its own. It is the one place
// that chooses the bus; the handlers come from the table in src/app/kinds.hpp. Used by main and by the integration
// tests; one call at a time.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/error.hpp>
#include <streamdemo/base/log.hpp>
#include <streamdemo/config/settings.hpp>
#include <streamdemo/tracing/options.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace streamdemo::app {

class application {
 public:
  // `settings` must be free of problems (config::load()). `guard_program` is this executable, which starts the child
  // processes; `child_open_files` is their soft limit of open files (0: that of this program). `passed_sockets`: as
  // http::server_options, for the gateway. `traces`: what the environment says of tracing. `clock` and `log` must
  // outlive the application.
  application(config::settings settings, std::filesystem::path guard_program, const base::clock& clock,
              const base::logger& log, std::uint64_t child_open_files = 0, std::vector<int> passed_sockets = {},
              tracing::read_options traces = {});
  // Calls stop() if that was not done.
  ~application();

  // Blocks until every role runs and its listener is open, however long the bus cannot be reached, or until `give_up`,
  // which is called now and then on this thread, returns true. After an error nothing is left running.
  base::result<void> start(const std::function<bool()>& give_up = {});

  // What is still missing for work, as /readyz says it; nullopt: nothing. Of a gateway it may be the keys of an issuer.
  std::optional<std::string> unready() const;

  // Drains: takes no new work, tells streams to reconnect, and lets tasks finish or releases them at the deadline.
  // Blocks. Idempotent.
  void stop();

  // 0 if that listener is not open.
  std::uint16_t gateway_port() const;
  std::uint16_t management_port() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace streamdemo::app
