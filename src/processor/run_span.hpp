// The spans around a run: its wait in the queue, and the run itself, with the semantic conventions of messaging. One
// executor.
#pragma once
#include <streamdemo/tracing/messaging.hpp>

#include "processor/decisions/actions.hpp"

namespace streamdemo::processor {

// Sends the span of the wait and begins that of the run, which `what` then carries for the records of the run. nullptr:
// the trace is not recorded.
tracing::span_ptr begin_run_span(tracing::tracer& t, begin_run& what, std::string_view group, base::sys_time at);

// `end`: as in the metrics.
void end_run_span(tracing::tracer& t, tracing::span_ptr s, std::string_view end, base::sys_time at);

// Whether a record of a run has a span of its own; the others only name the run's.
bool is_traced(task::message_type type) noexcept;

}  // namespace streamdemo::processor
