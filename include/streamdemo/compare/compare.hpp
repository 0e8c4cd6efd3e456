// The lab: what polling costs and what streaming gives, measured from outside, through sockets. Called by main on its
// only thread; each call blocks until its report is written and returns the program's exit code: 0 when everything was
// measured, 1 when something was not (what was measured is printed all the same), 2 for bad options, 130 when SIGINT or
// SIGTERM ended the measuring.
#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace streamdemo::compare {

struct outputs {
  std::string json;  // a file, "-" for standard output, empty for none
  std::string html;  // a file, empty for none
};

// `streamdemo compare`: the same task over every transport.
struct transport_options {
  std::string url;      // of a running server; empty: one is started
  std::string tls_url;  // of the proxy in front of it; empty: no TLS
  bool insecure = false;
  int pid = 0;        // of the server at `url`, for its CPU and memory; 0: unknown
  int proxy_pid = 0;  // of the proxy at `tls_url`, whose child processes count, too
  int clients = 100;
  int rounds = 5;  // that a crowd is measured in; of CPU times and delays the least count
  int memory_clients = 500;
  int results = 21;  // odd: the median is one of them, not a gap between two
  int interval_ms = 230;
  int payload_bytes = 0;
  std::string transports;  // names, separated by commas; empty: all
  outputs out;
  std::string command_line;  // for the report
  std::filesystem::path program;
};
int compare_transports(const transport_options& o);

// `streamdemo compare buses`: in-process against Kafka.
struct bus_options {
  std::string brokers;  // host:port,…; empty: only the in-process bus is measured, and the exit code says so
  int tasks = 100;
  std::vector<std::string> parts;  // of price, kill, latency; empty: all
  outputs out;
  std::string command_line;
  std::filesystem::path program;
};
int compare_buses(const bus_options& o);

}  // namespace streamdemo::compare
