// The second listener of every role, for monitoring:
//   GET /healthz  200 while the process answers at all
//   GET /readyz   200 while it takes work, otherwise 503 and the reason
//   GET /metrics  the metrics in Prometheus' text format, including those of the process
// A Host that somebody else could own is answered 403, because a web page could otherwise reach it (DNS rebinding).
// With a token, a request to /metrics that does not show it is answered 401; probes ask the other two without one.
#pragma once
#include <streamdemo/http/server.hpp>

#include <functional>
#include <limits>
#include <optional>
#include <string>

namespace streamdemo::management {

// Why this process should get no work now; nullopt: it is ready. Called on any loop; must not block.
using readiness = std::function<std::optional<std::string>()>;

struct options {
  std::vector<std::string> listen;
  std::uint16_t port = 0;
  std::vector<std::string> allowed_hosts;  // host names it answers to, in addition to those that nobody else can own
  std::string token;                       // to be shown as Authorization: Bearer; empty: none is asked for
  int descriptors_below = std::numeric_limits<int>::max();  // as http::server_options
};

// A server like any other. Open it before all other parts, and close and drain it after them, so that it answers during
// start and drain. Everything that is passed by reference must outlive it.
std::unique_ptr<http::server> make_management(options o, base::io_threads& threads, readiness ready,
                                              base::metrics& metrics, const base::logger& log);

}  // namespace streamdemo::management
