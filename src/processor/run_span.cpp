#include "processor/run_span.hpp"

namespace streamdemo::processor {

namespace {

// From when the bus took the request to now, beside the run. Of a first run only: a later one did not wait all that
// time.
void tell_wait(tracing::tracer& t, const begin_run& what, const tracing::span& run, base::sys_time at) {
  auto beside = run.context;
  beside.span = run.parent;
  auto parent = tracing::format(beside);
  auto s = t.begin(parent, tracing::span_kind::internal, std::min(what.request->log_time, at));
  if (!s) return;
  s->name = "queue wait";
  s->set(tracing::task_key, what.key.task);
  s->set(tracing::kind_key, what.kind);
  t.end(std::move(s), at);
}

}  // namespace

tracing::span_ptr begin_run_span(tracing::tracer& t, begin_run& what, std::string_view group, base::sys_time at) {
  auto s = t.begin(what.traceparent, tracing::span_kind::consumer, at);
  if (s) {
    // Without a parent the wait would be a trace of its own.
    if (!what.was_begun_before && s->parent != tracing::span_id{}) tell_wait(t, what, *s, at);
    tracing::describe(*s, t, tracing::operation::process, "process", *what.request);
    s->set("messaging.consumer.group.name", group);
    s->set(tracing::kind_key, what.kind);
    s->set("streamdemo.run", what.key.run);
  }
  return s;
}

void end_run_span(tracing::tracer& t, tracing::span_ptr s, std::string_view end, base::sys_time at) {
  s->set("streamdemo.run.end", end);
  if (end != "succeeded") {
    s->set("error.type", end);
    s->fail(end);
  }
  t.end(std::move(s), at);
}

bool is_traced(task::message_type type) noexcept {
  return type == task::message_type::result || type == task::message_type::ended;
}

}  // namespace streamdemo::processor
