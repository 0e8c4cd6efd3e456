// One run of one task: the job that its handler gets, and the emitter that it writes to. Owned by handler_runs, and
// also by its publishes in flight until the last acknowledgement. One executor.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/processor/handler.hpp>
#include <streamdemo/task/message.hpp>
#include <streamdemo/tracing/messaging.hpp>

#include "processor/decisions/actions.hpp"
#include "processor/processor_metrics.hpp"

namespace streamdemo::processor {

// What all runs of a processor share. Must outlive them.
struct run_dependencies {
  base::executor executor;
  bus::producer& producer;
  const base::clock& clock;
  const base::logger& log;
  processor_metrics& metrics;
  std::string source;
  std::string response_topic;
  std::size_t emit_bytes;
  std::size_t max_record_bytes;
  std::string group;
  tracing::tracer* traces;  // nullptr: nothing is traced
};

class run final : public emitter, public std::enable_shared_from_this<run> {
 public:
  run(const run_dependencies& deps, begin_run what);

  // Calls the handler and then publishes `ended` (or `released`, if it lacked resources), unless the run was stopped.
  // Throws only when it is canceled.
  awaitable<void> work(handler& h);
  // Stops publishing for the handler and tells it to end.
  void stop(stop_reason why);

  const run_key& key() const noexcept { return key_; }
  run_end how() const noexcept { return how_; }
  std::string_view end() const noexcept { return end_; }  // for the metrics

  awaitable<base::result<void>> result(std::string payload, std::string content_type) override;
  awaitable<base::result<void>> progress(double fraction, std::string detail) override;
  awaitable<base::result<void>> log(std::string line) override;

 private:
  awaitable<base::result<void>> emit(task::message_type type, std::string payload, std::string content_type);
  awaitable<base::result<outcome>> call(handler& h);
  tracing::outgoing record_of(task::message_type type, std::string payload, std::string content_type) const;
  void send(tracing::outgoing o);
  void send_traced(tracing::outgoing o, std::size_t bytes);
  void acknowledged(std::size_t bytes, const base::result<bus::published>& r);
  void send_end(const base::result<outcome>& r);
  void give_back(const error& why);
  void close(std::string_view end);

  const run_dependencies& deps_;
  run_key key_;
  begin_run what_;
  std::stop_source stop_;
  std::int64_t runseq_ = 1;  // the last one that was used; 1 is `started`
  std::size_t in_flight_ = 0;
  std::size_t waiting_ = 0;
  int traced_sends_ = 0;
  tracing::span_ptr span_;   // of the run; nullptr: it is not traced
  bool names_trace_ = true;  // in its records
  base::notifier room_;
  bool closed_ = false;
  run_end how_ = run_end::stopped;
  std::string_view end_ = "stopped";
};

}  // namespace streamdemo::processor
