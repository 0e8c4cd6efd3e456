// The listening sockets that a process is started with, by the protocol of systemd's socket activation
// (sd_listen_fds(3)): whoever starts it keeps them open across restarts, so that no client is ever refused.
#pragma once
#include <streamdemo/base/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace streamdemo::app {

struct passed_socket {
  int descriptor = -1;
  std::string address;  // on which it listens
  std::uint16_t port = 0;
};

// nullopt: it is no socket that listens on TCP.
std::optional<passed_socket> listening_on(int descriptor);

// Takes them from the environment (LISTEN_PID, LISTEN_FDS) and removes those variables, so that no child takes them for
// its own. Empty: none were passed to this process. Error: invalid_argument, for a number of them that cannot be, or
// one that does not listen on TCP. Before other threads start.
base::result<std::vector<passed_socket>> take_passed_sockets();

// What they make of gateway.listen and gateway.port, as `--set` takes it.
std::vector<std::string> settings_of(const std::vector<passed_socket>& sockets);

}  // namespace streamdemo::app
