// Whether and where traces are sent, from the environment variables that OpenTelemetry names for all programs. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace streamdemo::tracing {

enum class sampling : std::uint8_t { always, never, by_ratio };

struct options {
  bool on = false;
  std::string url;                                            // of the traces, http or https
  std::vector<std::pair<std::string, std::string>> headers;   // of each request
  base::milliseconds timeout{10000};                          // of one request
  std::string certificate;                                    // file of authorities for https; empty: the system's
  std::string service_name = "streamdemo";                    // service.name
  std::vector<std::pair<std::string, std::string>> resource;  // further attributes of this process
  sampling root = sampling::always;                           // of traces that begin here
  double ratio = 1;                                           // with by_ratio
  bool follows_parent = true;                                 // a caller's decision counts
  std::size_t max_queue = 2048;                               // spans that wait
  std::size_t max_batch = 512;                                // spans of one request
  base::milliseconds delay{5000};                             // after which a smaller batch is sent
};

// A variable's value; nullopt: it is not set. An empty one counts as not set.
using environment = std::function<std::optional<std::string>(std::string_view name)>;

struct read_options {
  options found;
  std::vector<std::string> warnings;  // what was not understood, for the log
};

// Never fails, because the variables may be meant for other programs of the machine: what is not understood leaves its
// default, and what cannot be done (another protocol, another exporter) leaves tracing off; both with a warning.
read_options options_of(const environment& env);

// An address for the log: without the user and the password that may stand in it, and safe to print.
std::string shown_url(std::string_view url);

}  // namespace streamdemo::tracing
