// A handler does the tasks of one kind. It knows nothing of the bus: it is given a job and an emitter.
// All calls on the processor's executor.
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
  std::string run;  // unique per run: part of the name of every file a run makes
  std::string content_type;
  std::string payload;
  base::sys_time expiry{};
  // A resumable handler continues after these: how many results the runs before it published, and the last one's JSON.
  std::int64_t results_before = 0;
  std::string last_result;
  // Requested when the run must end: canceled, expired, no longer current, or the drain deadline. The handler then ends
  // soon (children included); what it returns no longer matters.
  std::stop_token stop;
};

// Where partial results go. Calls are pipelined: each waits only while more than `processor.emit_bytes` of this run are
// not yet acknowledged by the bus. Errors: canceled (the run was stopped: return), too_large (the record is over the
// bus's limit: the run goes on).
class emitter {
 public:
  virtual ~emitter() = default;
  virtual awaitable<base::result<void>> result(std::string payload, std::string content_type = "application/json") = 0;
  // `fraction` in 0 … 1; `detail` is JSON object members without braces ("\"clip\":3"), or empty.
  virtual awaitable<base::result<void>> progress(double fraction, std::string detail = {}) = 0;
  virtual awaitable<base::result<void>> log(std::string line) = 0;
};

// How a run ended well: members of the `ended` event's data beside "status", as JSON object members without braces.
struct outcome {
  std::string detail;
};

class handler {
 public:
  virtual ~handler() = default;
  virtual std::string_view kind() const = 0;
  // A new run can continue after the last result of the one before.
  virtual bool resumable() const { return false; }
  // An error (its message is shown to the client: a sentence a person understands) or an exception fails the task, but
  // for `full`: this process has not the means now (descriptors, processes, memory), so the run is given back, counts
  // as none, and the task is tried again in a while.
  virtual awaitable<base::result<outcome>> run(job j, emitter& out) = 0;
};

}  // namespace streamdemo::processor
