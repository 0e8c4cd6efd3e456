#include "gateway/tasks/task_writer.hpp"

#include <streamdemo/tracing/messaging.hpp>

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
    : response_(t.response),
      records_(std::move(t), std::move(source), clock),
      producer_(b.make_producer(ex)),
      together_(b.writes_together()),
      clock_(clock),
      traces_(traces) {}

tracing::span_ptr task_writer::begin_span(base::record& r) const {
  auto span = tracing::begin_send(traces_, r, clock_.now());
  // Only whoever runs the task must know that it is not recorded.
  if (!span && r.topic == response_) tracing::forget_unsampled(r);
  return span;
}

awaitable<task_writer::written> task_writer::publish(base::record r, steady_time by) {
  if (traces_ != nullptr) return publish_traced(std::move(r), by);
  return bus::publish(*producer_, std::move(r), by);
}

awaitable<task_writer::written> task_writer::publish_traced(base::record r, steady_time by) {
  auto span = begin_span(r);
  auto w = co_await bus::publish(*producer_, std::move(r), by);
  end_span(traces_, std::move(span), w, w.has_error() ? -1 : w->offset, clock_.now());
  co_return w;
}

awaitable<task_writer::written> task_writer::accepted(const submission& s, base::sys_time expiry, steady_time by) {
  return publish(records_.accepted(s, expiry), by);
}

awaitable<task_writer::written> task_writer::request(submission& s, const acceptance& a, steady_time by) {
  auto w = co_await publish(records_.request(s, a), by);
  keep_input(s, w);
  co_return w;
}

awaitable<task_writer::written> task_writer::accepted_and_request(submission& s, base::sys_time expiry,
                                                                  steady_time by) {
  std::vector<base::record> both;
  both.push_back(records_.accepted(s, expiry));
  both.push_back(records_.request(s, {.expiry = expiry, .at = {}, .offset = {}}));
  std::array<tracing::span_ptr, 2> spans;
  if (traces_ != nullptr) {
    for (std::size_t i = 0; i < spans.size(); ++i) spans[i] = begin_span(both[i]);
  }
  auto w = co_await bus::publish_together(*producer_, both, by);
  if (w.has_error() && w.error().code == errc::full) {
    s.payload = std::move(both.back().value);
  } else {
    keep_input(s, w);
    for (auto& span : spans) end_span(traces_, std::move(span), w, -1, clock_.now());
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
