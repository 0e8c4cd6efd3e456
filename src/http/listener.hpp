// Listening sockets. Used by the server while it opens.
#pragma once
#include <streamdemo/http/server.hpp>

namespace streamdemo::http {

struct listening_socket {
  base::tcp_acceptor acceptor;
  std::string address;
};

// All addresses of `o`, on one port. Loopback or "any" of IPv6 missing on this machine is a warning as long as another
// address works. Errors: invalid_argument (no address), io (in use, not permitted, not an address of this machine).
result<std::vector<listening_socket>> open_listeners(base::executor ex, const server_options& o,
                                                     const base::logger& log);

}  // namespace streamdemo::http
