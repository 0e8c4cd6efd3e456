// Opens the listening sockets of a server.
#pragma once
#include <streamdemo/http/server.hpp>

namespace streamdemo::http {

struct listening_socket {
  base::tcp_acceptor acceptor;
  std::string address;
};

// Takes over the sockets that were passed, if there are any; else listens on all addresses of `o`, on one port. If this
// machine has no IPv6, its loopback and "any" addresses only cause a warning, as long as another address works. Errors:
// invalid_argument (not an address), io (in use, not permitted, not an address of this machine).
result<std::vector<listening_socket>> open_listeners(base::executor ex, const server_options& o,
                                                     const base::logger& log);

}  // namespace streamdemo::http
