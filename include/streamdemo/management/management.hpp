// The second listener of every role, for machines that watch this one:
//   GET /healthz  200 while the process answers at all
//   GET /readyz   200 while it takes work, else 503 and the reason
//   GET /metrics  the numbers in Prometheus' text format, those of the process included
// A web page could reach it under a name of its own making; such a Host is answered 403.
#pragma once
#include <streamdemo/http/server.hpp>

#include <functional>
#include <limits>
#include <optional>
#include <string>

namespace streamdemo::management {

// Why no work should come here now; nullopt: it may. Called on any loop, must not block.
using readiness = std::function<std::optional<std::string>()>;

struct options {
  std::vector<std::string> listen;
  std::uint16_t port = 0;
  std::vector<std::string> allowed_hosts;  // names that it answers to, beside those that nobody else can have
  int descriptors_below = std::numeric_limits<int>::max();  // as http::server_options
};

// A server like any other: open() it first of all, close() and drain() it last of all. What is passed by reference
// outlives it.
std::unique_ptr<http::server> make_management(options o, base::io_threads& threads, readiness ready,
                                              base::metrics& metrics, const base::logger& log);

}  // namespace streamdemo::management
