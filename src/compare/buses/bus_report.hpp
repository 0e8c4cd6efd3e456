// What `compare buses` measured. Plain values, and their text and JSON. Pure.
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

// The same work on one deployment. An empty optional was not measured.
struct bus_row {
  std::string name;
  std::optional<summary> accept_ms;                // from asking to 202
  std::optional<summary> delay_ms;                 // from a result's `time` to its arrival over SSE
  std::optional<double> results_per_second;        // many small ones, as fast as they go
  std::optional<double> waiting_tasks_per_second;  // tasks that mostly wait: places count
  std::optional<double> burning_tasks_per_second;  // tasks that burn CPU: cores count
};

// `tasks` run, and their worker is killed.
struct kill_row {
  std::string name;
  std::size_t tasks = 0;
  std::size_t on_the_killed = 0;     // tasks whose last result before the kill came from the killed process
  std::size_t results_before = 0;    // in the clients' hands at the moment of the kill
  std::size_t finished = 0;          // with every result once and in order, by whatever worker
  std::size_t unknown_after = 0;     // tasks that the restarted service has never heard of
  std::optional<summary> silence_s;  // of the tasks on the killed process: from the last result to the next one
};

// What the web server's own answers take while work goes on.
struct latency_row {
  std::string name;
  std::optional<summary> answer_ms;
};

struct bus_report {
  compare::machine machine;
  std::string command_line;
  std::string brokers;
  std::vector<bus_row> rows;
  std::vector<kill_row> kills;
  std::vector<latency_row> latencies;
  compare::calibration calibration;
  std::vector<std::string> problems;
};

// What a calm load shows: how soon tasks are accepted, and how late results are.
void judge_calm(bus_row& row, const std::vector<observation>& seen);

// Of the tasks whose last result before `killed_at` came from a process named `worker`: how long each was silent.
std::vector<double> silences(const std::vector<observation>& seen, std::string_view worker, base::sys_time killed_at);

// `worker`: the start of the `source` of its events; empty: any.
kill_row judge_kill(std::string name, const std::vector<observation>& seen, const task_shape& shape,
                    std::string_view worker, base::sys_time killed_at);

std::vector<table_rows> tables(const bus_report& r);
std::string text_report(const bus_report& r);
std::string json_report(const bus_report& r);
// What was done to get these numbers.
std::vector<std::string> how_measured(const bus_report& r);

}  // namespace streamdemo::compare
