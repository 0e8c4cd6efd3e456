// The report: everything that is printed, as values. Pure, except for this_machine().
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

// One set of measurements: all transports, on one server, with the same number of clients.
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
  std::size_t waiters = 0;            // how many clients the memory was measured with

  // Whether everything that was requested was measured.
  bool complete() const;
  // Only for transports over which every client got everything.
  std::vector<ratio> ratios() const;
};

}  // namespace streamdemo::compare
