// What is counted of tracing. Made only where it is on.
#pragma once
#include <streamdemo/base/metrics.hpp>

namespace streamdemo::tracing {

struct trace_metrics {
  explicit trace_metrics(base::metrics& m);

  base::counter& exported;
  base::counter& queue_full;
  base::counter& not_taken;  // by the receiver, in the end
  base::counter& rejected;   // by a receiver that took the rest
  base::counter& left_over;  // when the process ended
  base::counter& failures;   // of single requests, also of those that were made again
  base::gauge& waiting;
};

}  // namespace streamdemo::tracing
