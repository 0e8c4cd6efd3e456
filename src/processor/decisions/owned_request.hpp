// A request that this processor owns, and the run that it has of its task. Plain data of decisions, and the messages
// that are written about it. Pure.
#pragma once
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/task/message.hpp>

#include <optional>
#include <string>
#include <vector>

namespace streamdemo::processor {

using base::sys_time;

// A run of this process, from the moment its `started` is handed to the bus.
struct own_run {
  enum class phase {
    pending,   // waits to read its `started` back as current
    begun,     // the handler works
    stopping,  // the handler was told to stop
    ended,     // the handler has returned and `ended` is published
  };
  std::string id;
  std::string owner;  // of its task
  phase now = phase::pending;
  bool read_back = false;  // its `started` was read: from here on the run judges itself
  bool resume = false;
  bool holds_slot = true;        // counts against the process's concurrency
  bool alone = false;            // the last run its task may have
  std::int64_t started_at = -1;  // offset of its `started`, once acknowledged
};

struct owned_request {
  std::string id;           // of the task
  base::record_ptr record;  // of the first delivery; a run needs its payload even when the partition is lost
  std::string kind;
  std::string content_type;
  std::string traceparent;
  std::string tracestate;
  sys_time since{};                       // log time of the oldest request record, or of the `accepted` that one names
  std::vector<bus::delivery> deliveries;  // un-completed, of present assignments; several records may ask for one task
  std::int64_t judge_at = -1;             // the fold must have reached this offset; -1: not known yet
  std::uint64_t question = 0;  // which asking for an end is its own: an answer to an older one came too early
  std::optional<own_run> run;
  bool queued = false;        // stands in the line for a slot
  bool verdict_sent = false;  // until it is read back
  bool dead_letter_sent = false;
  bool dead_letter_kept = false;  // acknowledged
  std::string releasing;          // a run whose `released` is under way
  std::string given_back;         // likewise, of a run whose records may not all be read yet

  // The first request record of a task.
  void fill(const base::record_ptr& from, task::message request);
  // An own record of the task was read.
  void read_back(const task::message& m);
  // What was read is read anew: nothing that was written counts as written.
  void forget_written();
  // There is nothing left to do.
  bool is_over() const noexcept { return deliveries.empty() && !run; }

  // Without source and time, which the publisher sets.
  task::message started(const own_run& r, const std::string& replaces) const;
  task::message released(const std::string& run_id, std::int64_t runseq) const;
  task::message verdict(const std::string& replaces, task::status end, std::string_view why) const;

 private:
  task::message about(task::message_type type) const;
};

}  // namespace streamdemo::processor
