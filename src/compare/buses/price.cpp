#include "compare/buses/trials.hpp"
#include "compare/client/crowd.hpp"

namespace streamdemo::compare {

namespace {

using base::errc;
using base::error;

const task_shape steady{.results = 40, .interval_ms = 100};
constexpr int steady_clients = 20;
const task_shape small_and_many{.results = 3000, .interval_ms = 0};
constexpr int small_clients = 8;
const task_shape mostly_waiting{.results = 4, .interval_ms = 100};
constexpr int waiting_clients = 48;
const task_shape burning{.results = 10, .interval_ms = 0, .burn_ms = 20};
constexpr int burning_clients = 16;

base::result<crowd_result> crowd_of(const place& at, const task_shape& shape, int clients, progress& shown,
                                    std::chrono::milliseconds spread_over) {
  const transport sse{"sse", "SSE", method::sse};
  auto out = run_crowd(at, sse, shape, clients, shown, {.spread_over = spread_over, .beside = {}});
  if (out.interrupted) return error{errc::canceled, "you stopped it"};
  for (const auto& o : out.seen) {
    if (!o.complete(shape)) return error{errc::unavailable, o.failure.empty() ? "results are missing" : o.failure};
  }
  return out;
}

// From the first submission to the last event.
double seconds(const crowd_result& r) {
  auto first = r.seen.front().submitted;
  auto last = r.seen.front().finished;
  for (const auto& o : r.seen) {
    first = std::min(first, o.submitted);
    last = std::max(last, o.finished);
  }
  return std::chrono::duration<double>(last - first).count();
}

}  // namespace

base::result<bus_row> price_of(const trial& t, progress& shown) {
  const auto none = std::chrono::milliseconds(0);
  bus_row row{.bus = t.plan.bus.id, .name = t.name};
  shown.step(t.name + ": starting");
  auto started = deployment::start(t.program, t.plan);
  if (!started) return started.error();
  if (auto ready = (*started)->warm_up(shown); !ready) return ready.error();
  const auto& service = **started;
  const auto& at = service.at();

  shown.step(t.name + ": delay");
  const auto calm = crowd_of(at, steady, steady_clients, shown, std::chrono::milliseconds(1000));
  if (!calm) return calm.error();
  judge_calm(row, calm->seen);

  shown.step(t.name + ": results per second");
  const auto cpu_before = service.cpu();
  const auto many = crowd_of(at, small_and_many, small_clients, shown, none);
  if (!many) return many.error();
  constexpr double bytes_in_mib = 1 << 20;
  const double results = small_clients * small_and_many.results;
  row.results_per_second = results / seconds(*many);
  const auto cpu_after = service.cpu();
  if (cpu_before && cpu_after) row.cpu_us = static_cast<double>(*cpu_after - *cpu_before) / 1000.0 / results;
  if (const auto bytes = service.memory()) row.memory_mib = static_cast<double>(*bytes) / bytes_in_mib;

  shown.step(t.name + ": waiting tasks per second");
  const auto waited = crowd_of(at, mostly_waiting, waiting_clients, shown, none);
  if (!waited) return waited.error();
  row.waiting_tasks_per_second = waiting_clients / seconds(*waited);

  shown.step(t.name + ": burning tasks per second");
  const auto burnt = crowd_of(at, burning, burning_clients, shown, none);
  if (!burnt) return burnt.error();
  row.burning_tasks_per_second = burning_clients / seconds(*burnt);
  return row;
}

}  // namespace streamdemo::compare
