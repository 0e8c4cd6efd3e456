// The measurements of `compare buses`: plain values, and their text and JSON. Pure.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "compare/client/observation.hpp"
#include "compare/measure/calibration.hpp"
#include "compare/measure/statistics.hpp"
#include "compare/report/report.hpp"
#include "compare/report/table.hpp"

namespace streamdemo::compare {

// The measurements on one deployment. An empty optional was not measured.
struct bus_row {
  std::string bus;  // the id of its tried_bus
  std::string name;
  std::optional<summary> accept_ms;                // from the submission to the 202
  std::optional<summary> delay_ms;                 // from a result's `time` to its arrival over SSE
  std::optional<double> results_per_second;        // many small ones, as fast as possible
  std::optional<double> cpu_us;                    // for each of them, of all the service's processes but brokers
  std::optional<double> memory_mib;                // of these processes, after them
  std::optional<double> waiting_tasks_per_second;  // tasks that mostly wait: limited by the concurrency
  std::optional<double> burning_tasks_per_second;  // tasks that use CPU: limited by the cores
};

// The trial in which `tasks` run or wait and their worker is killed.
struct kill_row {
  std::string bus;
  std::string name;
  std::size_t tasks = 0;
  std::size_t waiting = 0;           // tasks that had no result before the kill
  std::size_t on_the_killed = 0;     // tasks whose last result before the kill came from the killed process
  std::size_t results_before = 0;    // results that clients had received at the moment of the kill
  std::size_t finished = 0;          // tasks with every result once and in order, from any worker
  std::size_t unknown_after = 0;     // tasks that the restarted service does not know
  std::optional<summary> silence_s;  // for tasks on the killed process: seconds from the last result to the next one
  std::optional<summary>
      next_attempt_s;             // for the same tasks: seconds from the kill to the first event of the next attempt
  std::optional<double> ready_s;  // from the kill until the same process, started again, was ready
};

// How long the web server takes to answer while the processor works.
struct latency_row {
  std::string name;
  std::optional<summary> answer_ms;
};

struct bus_report {
  compare::machine machine;
  std::string command_line;
  std::string brokers;
  std::string journal_on;  // where the journal was: "/tmp, ext4"
  std::vector<bus_row> rows;
  std::vector<kill_row> kills;
  std::vector<latency_row> latencies;
  compare::calibration calibration;
  std::vector<std::string> problems;
};

// Fills in the values of a light load: how long acceptance takes, and how late results are.
void judge_calm(bus_row& row, const std::vector<observation>& seen);

// The silence, in seconds, of each task whose last result before `killed_at` came from a process named `worker`.
std::vector<double> silences(const std::vector<observation>& seen, std::string_view worker, base::sys_time killed_at);

// The seconds from `killed_at` to the first event of the next attempt of each of these tasks.
std::vector<double> first_events(const std::vector<observation>& seen, std::string_view worker,
                                 base::sys_time killed_at);

// `worker`: the beginning of the `source` of its events; empty: any.
kill_row judge_kill(std::string name, const std::vector<observation>& seen, const task_shape& shape,
                    std::string_view worker, base::sys_time killed_at);

std::vector<table_rows> tables(const bus_report& r);
std::string text_report(const bus_report& r);
std::string json_report(const bus_report& r);
// The sentences that say what the numbers mean. One appears only if every number in it was measured.
std::vector<std::string> verdicts(const bus_report& r);
// The sentences that describe how these numbers were measured.
std::vector<std::string> how_measured(const bus_report& r);

}  // namespace streamdemo::compare
