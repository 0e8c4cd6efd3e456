// The application: the roles that the settings name, in one process, with threads of its own. The one place that picks
// the bus; the handlers come from the table of src/app/kinds.hpp. Used by main and by the integration tests; one call
// at a time.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/error.hpp>
#include <streamdemo/base/log.hpp>
#include <streamdemo/config/settings.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>

namespace streamdemo::app {

class application {
 public:
  // `settings` were checked. `guard_program` is this executable, which child processes are started through;
  // `child_open_files` is their soft limit of open files (0: this program's). `clock` and `log` outlive the
  // application.
  application(config::settings settings, std::filesystem::path guard_program, const base::clock& clock,
              const base::logger& log, std::uint64_t child_open_files = 0);
  // stop(), if that was not done.
  ~application();

  // Blocks until every role is ready, however long the bus is away, unless `give_up` (asked now and then on this very
  // thread) says so. After an error nothing is left running.
  base::result<void> start(const std::function<bool()>& give_up = {});

  // Drains: no new work, streams are told to reconnect, tasks finish or are released by the deadlines. Blocks. May be
  // called again.
  void stop();

  // 0 when that listener is not open.
  std::uint16_t gateway_port() const;
  std::uint16_t management_port() const;

 private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace streamdemo::app
