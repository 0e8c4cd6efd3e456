// The metrics of the histories. Thread-safe.
#pragma once
#include <streamdemo/base/metrics.hpp>

namespace streamdemo::gateway {

struct histories_metrics {
  explicit histories_metrics(base::metrics& m)
      : bytes(m.gauge("streamdemo_history_bytes",
                      "Memory of all kept events and remembered tasks, bounded by results.max_bytes")),
        essential(m.gauge("streamdemo_history_remembered_bytes",
                          "Memory for what cannot be let go, open tasks and the ids of those that ended within "
                          "results.keep_for_ms; with half of results.max_bytes new tasks are answered 503")),
        kept(m.gauge("streamdemo_histories", "Tasks whose history is kept")),
        at_rest(m.gauge("streamdemo_histories_at_rest",
                        "Of them: ended, with all that can be read in history.directory and a small record in memory")),
        open(m.gauge("streamdemo_tasks_open", "Tasks accepted and not ended")),
        events(m.counter("streamdemo_history_events_total", "Events that entered a history")),
        dropped(m.counter("streamdemo_history_events_dropped_total",
                          "Events dropped to stay below results.max_bytes: clients that had not read them see a gap")),
        deleted(m.counter("streamdemo_tasks_deleted_total", "Tasks whose data was deleted on request")),
        unreadable(unused(m, "unreadable")),
        misplaced(unused(m, "misplaced")),
        ignored(unused(m, "ignored")),
        rule_breaks(m.counter("streamdemo_response_rule_breaks_total",
                              "Records of the response topic that a processor should not have written: results before "
                              "the run has started, ends that name no status")) {}

  base::gauge& bytes;
  base::gauge& essential;
  base::gauge& kept;
  base::gauge& at_rest;
  base::gauge& open;
  base::counter& events;
  base::counter& dropped;
  base::counter& deleted;
  base::counter& unreadable;
  base::counter& misplaced;
  base::counter& ignored;
  base::counter& rule_breaks;

 private:
  static base::counter& unused(base::metrics& m, const char* why) {
    return m.counter("streamdemo_response_records_unused_total", "Records of the response topic that made no event",
                     {{"why", why}});
  }
};

}  // namespace streamdemo::gateway
