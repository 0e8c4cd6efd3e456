// What was measured of one transport at one place. Plain values, and the pure step from what the clients saw.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compare/client/observation.hpp"
#include "compare/client/transport.hpp"
#include "compare/measure/statistics.hpp"

namespace streamdemo::compare {

// An empty optional is a number that was not measured.
struct measurement {
  compare::transport transport;
  std::size_t clients = 0;
  std::size_t complete = 0;     // clients that got every result once and in order
  std::uint64_t delivered = 0;  // results, all clients together
  // These three are of the round with the least median delay.
  std::optional<summary> first_ms;  // from the submission to the first result in the client's hands
  std::optional<summary> delay_ms;  // from a result's `time` to its arrival
  std::vector<double> delays_ms;    // sorted; what the distribution is drawn from
  std::uint64_t requests = 0;       // after the submission
  std::uint64_t empty_answers = 0;
  http::wire_counts wire;         // of those requests
  http::wire_counts submit_wire;  // of the submissions
  // The least of several rounds.
  std::optional<double> server_cpu_us;     // per result; the nobody row: what the work itself costs
  std::optional<double> proxy_cpu_us;      // per result
  std::optional<double> client_cpu_us;     // per result
  std::optional<double> bytes_per_waiter;  // of the server's memory
  // The first client's, in milliseconds since its submission: for the timeline.
  std::vector<double> made_ms, arrived_ms;
  std::vector<std::string> tasks;  // their ids, so that others can count the same
  std::string failure;             // of the first client that failed
};

// `same_clock`: the server's times are of this machine; without it there are no delays.
measurement sum_up(const transport& how, const std::vector<observation>& seen, const task_shape& shape,
                   bool same_clock);

// Takes over what another round of the same has less of: each CPU time by itself, and the delays as a whole if their
// median is less. All else stays that of the first round. A round in which something was missing counts for nothing.
void keep_least(measurement& m, const measurement& again);

}  // namespace streamdemo::compare
