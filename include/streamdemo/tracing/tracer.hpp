// Begins spans and takes those that have ended, to send them to where OTEL_EXPORTER_OTLP_ENDPOINT says. Any thread.
//
// Nothing here waits: ended spans go into a queue with a bound, and what does not fit is dropped and counted. A thread
// of its own sends them. Who has no tracer (nullptr: tracing is off) asks for no span.
#pragma once
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/tracing/options.hpp>
#include <streamdemo/tracing/span.hpp>

namespace streamdemo::tracing {

class tracer {
 public:
  virtual ~tracer() = default;

  // A span below the one that `traceparent` names, or the first of a new trace if it names none. Afterwards
  // `traceparent` is what is to be passed on to what happens inside. nullptr: the trace is not recorded.
  virtual span_ptr begin(std::string& traceparent, span_kind kind, base::sys_time at) = 0;

  // Hands over a span that has ended. nullptr: nothing happens.
  virtual void end(span_ptr s, base::sys_time at) noexcept = 0;

  // What `messaging.system` says of the bus.
  virtual std::string_view bus() const noexcept = 0;
};

// A tracer that sends. What is queued when it is destroyed is still sent, for a short time.
struct process_facts {
  std::string version;   // of this program
  std::string instance;  // service.instance.id
  std::string bus;       // messaging.system
};
std::unique_ptr<tracer> make_tracer(options o, process_facts facts, base::metrics& metrics, const base::logger& log);

}  // namespace streamdemo::tracing
