// The lab: measures the costs and delays of polling and streaming from outside, through sockets. Called by main on its
// only thread. Each call blocks until its report is written and returns the exit code of the program: 0 if everything
// was measured, 1 if something was not (the rest is still printed), 2 for bad options, 130 if SIGINT or SIGTERM ended
// the measurement.
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
  int proxy_pid = 0;  // of the proxy at `tls_url`; its child processes are included
  int clients = 100;
  int rounds = 5;  // how often many clients are measured; of CPU times and delays the lowest counts
  int memory_clients = 500;
  int results = 21;  // odd, so that the median is one of the values
  int interval_ms = 230;
  int payload_bytes = 0;
  std::string transports;  // names separated by commas; empty: all
  outputs out;
  std::string command_line;  // for the report
  std::filesystem::path program;
};
int compare_transports(const transport_options& o);

// `streamdemo compare buses`: in-process, in memory only and with a journal, against Kafka.
struct bus_options {
  std::string brokers;  // host:port,…; empty: only the in-process bus is measured, and the exit code is 1
  int tasks = 100;
  std::vector<std::string> parts;  // any of price, kill, latency; empty: all
  outputs out;
  std::string command_line;
  std::filesystem::path program;
};
int compare_buses(const bus_options& o);

}  // namespace streamdemo::compare
