#include "tracing/trace_metrics.hpp"

namespace streamdemo::tracing {

namespace {

base::counter& dropped(base::metrics& m, const char* why) {
  return m.counter("streamdemo_trace_spans_dropped_total",
                   "Spans that were not delivered: the queue was full (queue_full), the receiver did not take them in "
                   "the end (not_taken), it took only the others (rejected), the process ended (ended)",
                   {{"reason", why}});
}

}  // namespace

trace_metrics::trace_metrics(base::metrics& m)
    : exported(m.counter("streamdemo_trace_spans_exported_total", "Spans that the receiver of traces took")),
      queue_full(dropped(m, "queue_full")),
      not_taken(dropped(m, "not_taken")),
      rejected(dropped(m, "rejected")),
      left_over(dropped(m, "ended")),
      failures(m.counter("streamdemo_trace_exports_failed_total",
                         "Requests to the receiver of traces that failed, each attempt counted")),
      waiting(m.gauge("streamdemo_trace_queue_spans",
                      "Spans that waited to be sent when the last request was made, of at most "
                      "OTEL_BSP_MAX_QUEUE_SIZE")) {}

}  // namespace streamdemo::tracing
