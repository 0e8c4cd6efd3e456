// A handler runs the tasks of one kind. It knows nothing about the bus: it gets a job and an emitter.
// All calls are on the processor's executor.
#pragma once
#include <streamdemo/base/asio.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/error.hpp>

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace streamdemo::processor {

using base::awaitable;
using base::errc;
using base::error;
using base::result;

// One run of one task.
struct job {
  std::string request_id;
  std::string kind;
  std::string run;  // a unique id of the run; part of the name of every file that a run makes
  std::string content_type;
  std::string payload;
  base::sys_time expiry{};
  // For a resumable handler, which continues after them: how many results former runs published, and the JSON of the
  // last one.
  std::int64_t results_before = 0;
  std::string last_result;
  // Of the run's span, or as the request has it, which any program may have sent: it may be no traceparent.
  std::string traceparent;
  // Requested when the run must end: the task was canceled or has expired, another run took over, or the drain deadline
  // has passed. The handler must then end soon, child processes included; its return value is ignored.
  std::stop_token stop;
};

// Publishes partial results. A call does not wait for its acknowledgement; it waits only while more than
// `processor.emit_bytes` of this run are not acknowledged by the bus. Errors: canceled (the run was stopped: return),
// too_large (the record exceeds processor.max_record_bytes: the run may continue).
class emitter {
 public:
  virtual ~emitter() = default;
  virtual awaitable<base::result<void>> result(std::string payload, std::string content_type = "application/json") = 0;
  // `fraction` in 0 … 1; `detail` is JSON object members without braces ("\"clip\":3"), or empty.
  virtual awaitable<base::result<void>> progress(double fraction, std::string detail = {}) = 0;
  virtual awaitable<base::result<void>> log(std::string line) = 0;
};

// The outcome of a successful run: members of the `ended` event's data in addition to "status", as JSON object members
// without braces.
struct outcome {
  std::string detail;
};

class handler {
 public:
  virtual ~handler() = default;
  virtual std::string_view kind() const = 0;
  // Whether a new run can continue after the last result of the run before.
  virtual bool resumable() const { return false; }
  // Runs the job. An error or an exception fails the task; the error's message is shown to the client, so make it a
  // sentence that people understand. Exception: errc::full means that this process lacks resources now (descriptors,
  // processes, memory). The run is then released and not counted, and the task is tried again later.
  virtual awaitable<base::result<outcome>> run(job j, emitter& out) = 0;
};

}  // namespace streamdemo::processor
