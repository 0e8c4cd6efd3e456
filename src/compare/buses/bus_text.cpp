#include <fmt/format.h>

#include "compare/buses/bus_report.hpp"
#include "compare/report/table.hpp"
#include "compare/report/text_report.hpp"

namespace streamdemo::compare {

namespace {

std::string summary_cell(const std::optional<summary>& s, double summary::* which) {
  return s ? number((*s).*which) : not_measured;
}

table_rows price(const bus_report& r) {
  table t({"the price of a bus", "accepted, ms p50", "delay, ms p50", "p99", "results/s", "CPU, µs each", "memory, MiB",
           "waiting tasks/s", "burning tasks/s"});
  for (const auto& row : r.rows) {
    t.add({row.name, summary_cell(row.accept_ms, &summary::p50), summary_cell(row.delay_ms, &summary::p50),
           summary_cell(row.delay_ms, &summary::p99), cell(row.results_per_second), cell(row.cpu_us),
           cell(row.memory_mib), cell(row.waiting_tasks_per_second), cell(row.burning_tasks_per_second)});
  }
  return t.rows();
}

table_rows kills(const bus_report& r) {
  table t({"kill -9 of a worker", "tasks", "on it", "waiting", "results before", "finished", "unknown after",
           "ready again, s", "next attempt, s p50", "max", "silence, s p50", "max"});
  for (const auto& k : r.kills) {
    t.add({k.name, fmt::to_string(k.tasks), fmt::to_string(k.on_the_killed), fmt::to_string(k.waiting),
           fmt::to_string(k.results_before), fmt::to_string(k.finished), fmt::to_string(k.unknown_after),
           cell(k.ready_s), summary_cell(k.next_attempt_s, &summary::p50),
           summary_cell(k.next_attempt_s, &summary::max), summary_cell(k.silence_s, &summary::p50),
           summary_cell(k.silence_s, &summary::max)});
  }
  return t.rows();
}

table_rows latencies(const bus_report& r) {
  table t({"an answer of the web server, ms", "p50", "p99", "max"});
  for (const auto& l : r.latencies) {
    t.add({l.name, summary_cell(l.answer_ms, &summary::p50), summary_cell(l.answer_ms, &summary::p99),
           summary_cell(l.answer_ms, &summary::max)});
  }
  return t.rows();
}

}  // namespace

std::vector<table_rows> tables(const bus_report& r) {
  std::vector<table_rows> out;
  for (auto& t : {price(r), kills(r), latencies(r)}) {
    if (t.size() > 1) out.push_back(t);
  }
  return out;
}

std::vector<std::string> how_measured(const bus_report& r) {
  return {
      fmt::format("Every process is one of its own; clients read over SSE. Kafka: {}. The journal is in {}.",
                  r.brokers.empty() ? "not there" : r.brokers, r.journal_on),
      "Accepted, delay: 20 clients, each with a task of 40 results, 100 ms apart. Results/s: 8 tasks of 3000 results "
      "at once, as fast as they go, from the first submission to the last event; CPU for each of these results, and "
      "memory after them, of all of streamdemo's processes, brokers not included.",
      "Waiting tasks: 48 at once, each 4 results 100 ms apart; a processor has 4 places. Burning tasks: 16 at once, "
      "each burns 10 times 20 ms of CPU on its processor's one thread for that. More of either means more places or "
      "more cores, not a faster bus.",
      "Kill: as many tasks as there are places run and have their first results; in a single process a quarter more "
      "wait. Then the process that does the work is killed with -9 (on Kafka one of two). A single process is the "
      "whole service: it is started again at once, in the same directory and on the same port, and each client tries "
      "to come back with its cursor every 50 ms. Finished: every result once, in order, and the end. Next attempt: "
      "from the kill to the first event of the next attempt of a task that ran. Silence: between the last result "
      "before and the first after.",
      "Answers: GET /api/kinds on one kept connection, one every 5 ms for 4 s.",
  };
}

std::string text_report(const bus_report& r) {
  std::string out;
  for (const auto& line : verdicts(r)) out += "\n" + line + "\n";
  for (const auto& t : tables(r)) out += "\n" + table::of(t).text();
  out += "\n";
  for (const auto& line : how_measured(r)) out += line + "\n";
  return out + closing_lines(r.calibration, r.machine, r.problems);
}

}  // namespace streamdemo::compare
