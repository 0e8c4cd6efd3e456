// A report as a run might have made it, for the tests of what is printed.
#pragma once
#include "compare/report/report.hpp"

namespace streamdemo::compare::test {

inline measurement sample(const std::string& name, double delay, std::uint64_t requests, std::uint64_t bytes,
                          double cpu) {
  measurement m;
  for (const auto& t : all_transports()) {
    if (t.name == name) m.transport = t;
  }
  m.clients = m.complete = 10;
  m.delivered = 200;
  m.requests = requests;
  m.empty_answers = requests / 2;
  m.wire = {.connections = 10, .bytes_sent = bytes / 4, .bytes_received = bytes - bytes / 4};
  m.delays_ms = {delay, delay, delay * 2};
  m.delay_ms = summarize(m.delays_ms);
  m.first_ms = summarize({delay * 3});
  m.server_cpu_us = cpu;
  m.made_ms = {1, 100};
  m.arrived_ms = {2, 101};
  return m;
}

inline report sample_report() {
  report r;
  r.machine = {.processor = "A <Processor> & more", .system = "Linux", .version = "1", .date = "today", .cores = 2};
  r.command_line = "streamdemo compare";
  r.sections.push_back({.title = "10 clients", .place = "http://x", .tls = false, .shape = {}, .rows = {}});
  auto& rows = r.sections.front().rows;
  auto nobody = sample("nobody", 0, 0, 0, 20);
  nobody.delay_ms = nobody.first_ms = std::nullopt;
  nobody.delays_ms.clear();
  nobody.made_ms.clear();
  nobody.arrived_ms.clear();
  rows.push_back(nobody);
  rows.push_back(sample("poll-100ms", 50, 500, 80000, 60));
  rows.push_back(sample("sse", 0.5, 10, 40000, 30));
  r.calibration.note(100);
  r.calibration.note(101);
  return r;
}

}  // namespace streamdemo::compare::test
