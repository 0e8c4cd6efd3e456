// The measurements of one transport on one server: plain values, and how they follow from the observations. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compare/client/observation.hpp"
#include "compare/client/transport.hpp"
#include "compare/measure/statistics.hpp"

namespace streamdemo::compare {

// An empty optional means "not measured".
struct measurement {
  compare::transport transport;
  std::size_t clients = 0;
  std::size_t complete = 0;     // clients that got every result once and in order
  std::uint64_t delivered = 0;  // results of all clients together
  // These three come from the round with the lowest median delay.
  std::optional<summary> first_ms;  // from the submission to the arrival of the first result
  std::optional<summary> delay_ms;  // from a result's `time` to its arrival
  std::vector<double> delays_ms;    // sorted; for the picture of the distribution
  std::uint64_t requests = 0;       // after the submission
  std::uint64_t empty_answers = 0;
  http::wire_counts wire;         // of those requests
  http::wire_counts submit_wire;  // of the submissions
  // The lowest values of several rounds.
  std::optional<double> server_cpu_us;     // per result; in the row "nobody": the cost of the work itself
  std::optional<double> proxy_cpu_us;      // per result
  std::optional<double> client_cpu_us;     // per result
  std::optional<double> bytes_per_waiter;  // of the server's memory
  // Of the first client, in milliseconds since its submission; for the timeline.
  std::vector<double> made_ms, arrived_ms;
  std::vector<std::string> tasks;  // the ids, so that others can check the counts
  std::string failure;             // of the first client that failed
};

// `same_clock`: the server runs on this machine. Otherwise delays cannot be computed.
measurement sum_up(const transport& how, const std::vector<observation>& seen, const task_shape& shape,
                   bool same_clock);

// Takes lower values from another round of the same measurement: each CPU time separately, and the delays together if
// their median is lower. All other values stay those of the first round. An incomplete round is ignored.
void keep_least(measurement& m, const measurement& again);

}  // namespace streamdemo::compare
