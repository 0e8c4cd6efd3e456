// The report: everything that is printed, as values. Pure, but for this_machine().
#pragma once
#include <string>
#include <vector>

#include "compare/measure/calibration.hpp"
#include "compare/measure/measurement.hpp"

namespace streamdemo::compare {

struct machine {
  std::string processor, system, version, date;
  int cores = 0;
};
machine this_machine();

// One set of measurements: all transports, at one place, with so many clients.
struct section {
  std::string title;  // "One client", "100 clients", "100 clients, TLS through the proxy"
  std::string place;
  bool tls = false;
  task_shape shape;
  std::vector<measurement> rows;

  const measurement* find(std::string_view name) const;
};

// `value` of one transport for 1 of another.
struct ratio {
  std::string what, over, under;  // "requests", "poll, 1 s", "SSE"
  double value = 0;
};

struct report {
  compare::machine machine;
  std::string command_line;
  std::vector<section> sections;
  compare::calibration calibration;
  std::vector<std::string> problems;  // what could not be measured, and why
  std::size_t waiters = 0;            // that the memory was measured with

  // Everything that was asked for was measured.
  bool complete() const;
  // Only of transports that every client got everything over.
  std::vector<ratio> ratios() const;
};

}  // namespace streamdemo::compare
