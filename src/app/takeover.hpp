// `--takeover PID`: an upgrade in place. The new process takes the listening sockets of the one that runs and lets it
// drain and end; who connects meanwhile waits in the sockets' backlog, and nobody is refused.
#pragma once
#include <streamdemo/base/clock.hpp>

#include "app/passed_sockets.hpp"

namespace streamdemo::app {

class earlier_process {
 public:
  // Takes copies of the sockets of process `pid` that listen on `port`; it goes on as before. Errors: not_found (no
  // such process, or it does not listen there), invalid_argument (this user may not take them), unavailable.
  static base::result<earlier_process> find(int pid, std::uint16_t port);
  earlier_process(earlier_process&& other) noexcept;
  ~earlier_process();

  const std::vector<passed_socket>& sockets() const noexcept { return sockets_; }

  // Ends it by SIGTERM and waits until it has gone. If it takes longer than `patience`, it is killed. False: it was.
  bool end(base::milliseconds patience);

 private:
  earlier_process(int process, std::vector<passed_socket> sockets) : process_(process), sockets_(std::move(sockets)) {}

  int process_;  // a pidfd; -1: moved from
  std::vector<passed_socket> sockets_;
};

}  // namespace streamdemo::app
