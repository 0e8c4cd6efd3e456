#include "processor/processor_metrics.hpp"

namespace streamdemo::processor {

namespace {

base::counter& runs(base::metrics& m, const char* end) {
  return m.counter("streamdemo_processor_runs_total", "Runs that are over, by how they ended", {{"end", end}});
}

}  // namespace

processor_metrics::processor_metrics(base::metrics& m)
    : requests(m.counter("streamdemo_processor_requests_total", "Request records taken in")),
      results(m.counter("streamdemo_processor_results_total", "Results handed to the bus")),
      dead_letters(m.counter("streamdemo_processor_dead_letters_total", "Requests given up to the dead-letter topic")),
      unreadable(m.counter("streamdemo_processor_unreadable_records_total", "Response records that cannot be decoded")),
      misplaced(m.counter("streamdemo_processor_misplaced_records_total",
                          "Response records in another partition than their task's")),
      ignored(m.counter("streamdemo_processor_ignored_records_total",
                        "Response records that changed nothing: repeated, or too late")),
      positions_lost(m.counter("streamdemo_processor_positions_lost_total", "Response partitions read anew")),
      running(m.gauge("streamdemo_processor_runs_running",
                      "Runs at work now, and slots that are kept for a task whose payload is being read again")),
      queued(m.gauge("streamdemo_processor_tasks_queued", "Tasks that wait for a free run")),
      waits_alone(m.gauge("streamdemo_processor_waits_alone",
                          "1 while nothing starts because a task must run alone, at most processor.alone_wait_ms")),
      held_requests(m.gauge("streamdemo_processor_held_requests", "Requests taken in and not completed")),
      held_bytes(m.gauge("streamdemo_processor_held_bytes", "Bytes of requests taken in and not completed")),
      payloads_let_go(m.gauge("streamdemo_processor_payloads_let_go",
                              "Requests that wait without their payload, which is read again before their turn")),
      payloads_read(m.counter("streamdemo_processor_payloads_read_total", "Payloads that were read again")),
      gap(m.gauge("streamdemo_processor_gap",
                  "Requests taken in of one partition from its first un-completed one on, in the partition with most; "
                  "at processor.max_gap it waits for that one")),
      remembered_bytes(m.gauge("streamdemo_processor_remembered_bytes",
                               "Memory for the ids of tasks that have ended, bounded by "
                               "processor.max_remembered_bytes; beyond it few requests are taken in")),
      bytes_in_flight(m.gauge("streamdemo_processor_emit_bytes", "Bytes of emitted records not yet acknowledged")),
      succeeded_(runs(m, "succeeded")),
      failed_(runs(m, "failed")),
      expired_(runs(m, "expired")),
      released_(runs(m, "released")),
      stopped_(runs(m, "stopped")) {}

void processor_metrics::run_over(std::string_view end) {
  if (end == "succeeded") return succeeded_.Increment();
  if (end == "failed") return failed_.Increment();
  if (end == "expired") return expired_.Increment();
  if (end == "released") return released_.Increment();
  stopped_.Increment();
}

}  // namespace streamdemo::processor
