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

}  // namespace

task_writer::task_writer(bus::bus& b, base::executor ex, task_records::topics t, std::string source,
                         const base::clock& clock)
    : records_(std::move(t), std::move(source), clock),
      producer_(b.make_producer(ex)),
      together_(b.writes_together()) {}

awaitable<task_writer::written> task_writer::accepted(const submission& s, base::sys_time expiry, steady_time by) {
  return bus::publish(*producer_, records_.accepted(s, expiry), by);
}

awaitable<task_writer::written> task_writer::request(submission& s, task_times times, steady_time by) {
  auto w = co_await bus::publish(*producer_, records_.request(s, times), by);
  keep_input(s, w);
  co_return w;
}

awaitable<task_writer::written> task_writer::accepted_and_request(submission& s, base::sys_time expiry,
                                                                  steady_time by) {
  std::vector<base::record> both;
  both.push_back(records_.accepted(s, expiry));
  both.push_back(records_.request(s, {expiry, std::nullopt}));
  auto w = co_await bus::publish_together(*producer_, both, by);
  if (w.has_error() && w.error().code == errc::full) {
    s.payload = std::move(both.back().value);
  } else {
    keep_input(s, w);
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
