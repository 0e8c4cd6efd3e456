// Writes to the bus what a gateway says of tasks. Belongs to its executor. Every write has a deadline; errors are those
// of bus::producer::publish().
#pragma once
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/tracing/messaging.hpp>

#include "gateway/tasks/task_records.hpp"

namespace streamdemo::gateway {

class task_writer {
 public:
  using written = base::result<bus::published>;

  // `b`, `clock`, this machine's, and `traces` outlive it.
  task_writer(bus::bus& b, base::executor ex, task_records::topics t, std::string source, const base::clock& clock,
              tracing::tracer* traces);

  base::awaitable<written> accepted(const submission& s, base::sys_time expiry, base::steady_time by);
  // Takes the payload out of `s`. Keeps the input unless the request is surely not in the log.
  base::awaitable<written> request(submission& s, const acceptance& a, base::steady_time by);
  // Both with one write; only where the bus writes_together(). After errc::full, `s` is as before: there is no room for
  // both at once, but each may wait for its own.
  base::awaitable<written> accepted_and_request(submission& s, base::sys_time expiry, base::steady_time by);
  bool writes_together() const noexcept { return together_; }

  base::awaitable<written> canceled(const std::string& request_id, const std::string& kind, base::steady_time by);
  base::awaitable<written> deleted(const std::string& request_id, const std::string& kind, base::steady_time by);

  // Ends a task without waiting; `done` is called once.
  void end(const std::string& request_id, const std::string& kind, task::status how, std::string_view reason,
           base::steady_time by, bus::producer::done done);

  void close() { producer_->close(); }
  base::awaitable<bus::drain_report> drain(base::steady_time deadline) { return producer_->drain(deadline); }

 private:
  tracing::outgoing accepted_record(const submission& s, base::sys_time expiry) const;
  tracing::outgoing request_record(submission& s, const acceptance& a) const;

  base::awaitable<written> publish(tracing::outgoing o, base::steady_time by);
  base::awaitable<written> publish_traced(tracing::outgoing o, base::steady_time by);

  const task_records records_;
  const std::unique_ptr<bus::producer> producer_;
  const bool together_;
  const base::clock& clock_;
  tracing::tracer* const traces_;  // nullptr: nothing is traced
};

}  // namespace streamdemo::gateway
