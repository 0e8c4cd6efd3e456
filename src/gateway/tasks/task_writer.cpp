#include "gateway/tasks/task_writer.hpp"

namespace streamdemo::gateway {

using base::awaitable;
using base::errc;
using base::steady_time;

namespace {

void keep_input(submission& s, const task_writer::written& w) {
  // After any other error the request is not in the log.
  const bool may_be_read = !w.has_error() || w.error().code == errc::timed_out;
  if (s.input && may_be_read) s.input->keep();
}

// `offset`: of its record; -1: not known.
void end_span(tracing::tracer* traces, tracing::span_ptr s, const task_writer::written& w, std::int64_t offset,
              base::sys_time at) {
  if (!s) return;
  tracing::end_send(traces, std::move(s), offset, w.has_error() ? w.error().message : std::string{}, at);
}

}  // namespace

task_writer::task_writer(bus::bus& b, base::executor ex, task_records::topics t, std::string source,
                         const base::clock& clock, tracing::tracer* traces)
    : records_(std::move(t), std::move(source), clock),
      producer_(b.make_producer(ex)),
      together_(b.writes_together()),
      clock_(clock),
      traces_(traces) {}

tracing::outgoing task_writer::accepted_record(const submission& s, base::sys_time expiry) const {
  // Only whoever runs the task must know that its trace is not recorded.
  if (tracing::is_unsampled(s.traceparent)) return {records_.accepted(s, expiry, {}), nullptr};
  auto parent = s.traceparent;
  auto span = tracing::begin_send(traces_, parent, clock_.now());
  return tracing::describe_send(std::move(span), traces_, records_.accepted(s, expiry, std::move(parent)));
}

tracing::outgoing task_writer::request_record(submission& s, const acceptance& a) const {
  auto parent = s.traceparent;
  auto span = tracing::begin_send(traces_, parent, clock_.now());
  return tracing::describe_send(std::move(span), traces_, records_.request(s, a, std::move(parent)));
}

awaitable<task_writer::written> task_writer::publish(tracing::outgoing o, steady_time by) {
  if (o.span) return publish_traced(std::move(o), by);
  return bus::publish(*producer_, std::move(o.record), by);
}

awaitable<task_writer::written> task_writer::publish_traced(tracing::outgoing o, steady_time by) {
  auto w = co_await bus::publish(*producer_, std::move(o.record), by);
  end_span(traces_, std::move(o.span), w, w.has_error() ? -1 : w->offset, clock_.now());
  co_return w;
}

awaitable<task_writer::written> task_writer::accepted(const submission& s, base::sys_time expiry, steady_time by) {
  return publish(accepted_record(s, expiry), by);
}

awaitable<task_writer::written> task_writer::request(submission& s, const acceptance& a, steady_time by) {
  auto w = co_await publish(request_record(s, a), by);
  keep_input(s, w);
  co_return w;
}

awaitable<task_writer::written> task_writer::accepted_and_request(submission& s, base::sys_time expiry,
                                                                  steady_time by) {
  auto accepted = accepted_record(s, expiry);
  auto request = request_record(s, {.expiry = expiry, .at = {}, .offset = {}});
  std::vector<base::record> both;
  both.push_back(std::move(accepted.record));
  both.push_back(std::move(request.record));
  auto w = co_await bus::publish_together(*producer_, both, by);
  if (w.has_error() && w.error().code == errc::full) {
    s.payload = std::move(both.back().value);
  } else {
    keep_input(s, w);
    for (auto* span : {&accepted.span, &request.span}) end_span(traces_, std::move(*span), w, -1, clock_.now());
  }
  co_return w;
}

awaitable<task_writer::written> task_writer::canceled(const std::string& request_id, const std::string& kind,
                                                      steady_time by) {
  return bus::publish(*producer_, records_.ended(request_id, kind, task::status::canceled, "The task was canceled."),
                      by);
}

awaitable<task_writer::written> task_writer::deleted(const std::string& request_id, const std::string& kind,
                                                     steady_time by) {
  return bus::publish(*producer_, records_.deleted(request_id, kind), by);
}

void task_writer::end(const std::string& request_id, const std::string& kind, task::status how, std::string_view reason,
                      steady_time by, bus::producer::done done) {
  producer_->publish(records_.ended(request_id, kind, how, reason), by, std::move(done));
}

}  // namespace streamdemo::gateway
