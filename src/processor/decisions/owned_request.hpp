// A request that this processor owns, and its run of the task, if it has one. Plain data for decisions, and the
// messages that are written about it. Pure.
#pragma once
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/task/fold.hpp>

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
  bool read_back = false;  // its `started` was read: from here on the fold tells whether it is current
  bool resume = false;
  bool holds_slot = true;        // counts against the process's concurrency
  bool alone = false;            // it is the last run that its task may have, and nothing else runs beside it
  std::int64_t started_at = -1;  // offset of its `started`, once acknowledged
};

struct owned_request {
  // Where the payload is, the value of `record`.
  enum class payload_state {
    here,
    let_go,  // only on the bus
    coming,  // being read again
    lost,    // no longer on the bus either
  };
  std::string id;           // of the task
  base::record_ptr record;  // of the first delivery; a run needs its payload even when the partition is lost
  payload_state payload = payload_state::here;
  std::uint64_t payload_number = 0;  // in payloads; 0: it is not counted there
  bool had_turn = false;             // and has not started since: its payload stays when it is here
  // Its payload is being read when its turn has come: a slot is kept for it, as for a task of this owner.
  std::optional<std::string> slot_kept_for;
  std::string kind;
  std::string owner;  // as the request says; empty: none
  std::string content_type;
  std::string traceparent;
  std::string tracestate;
  sys_time since{};  // log time of the oldest request record, or of the `accepted` that one names, if that is older
  std::vector<bus::delivery> deliveries;  // not completed, of present assignments; several records may ask for one task
  // The task as the request tells it: nobody can have begun it, and its `accepted`, of which the request knows the
  // offset, is not read yet. nullopt: only the log tells.
  std::optional<task::task_state> as_asked;
  std::int64_t accepted_offset = -1;  // if there is as_asked
  std::int64_t judge_at = -1;         // else it is judged once the fold has reached this offset; -1: not known yet
  bool awaits_accepted = false;       // what is not known is known once its `accepted` is read; no end was asked for
  std::uint64_t question = 0;  // the number of its question for an end; answers to earlier questions do not count
  std::optional<own_run> run;
  bool queued = false;        // waits in start_line for a slot
  bool verdict_sent = false;  // and not read back yet
  bool dead_letter_sent = false;
  bool dead_letter_kept = false;  // acknowledged
  std::string releasing;          // a run for which `released` was published; empty: none
  std::string given_back;         // a run that was given back and whose `released` is not read back yet; empty: none

  // The first request record of a task.
  void fill(const base::record_ptr& from, const task::message_view& request);
  // The record is kept without its payload from now on, or is whole again (`whole` is the same record).
  void let_go_of_payload();
  void take_payload(base::record_ptr whole);
  // Another record that asks for the same task serves instead.
  void take_other(base::record_ptr whole);
  // Whether `r` is its record, whole or not.
  bool is_record(const base::record& r) const noexcept {
    return r.topic == record->topic && r.partition == record->partition && r.offset == record->offset;
  }
  // From now on the task is what `request` tells of it, whose sender knows the offset of its `accepted`.
  void take_word_of(const task::message_view& request);
  // A record of this process about the task was read.
  void read_back(const task::message_view& m);
  // The partition is read anew: what was written counts as not written, until it is read again.
  void forget_written();
  // There is nothing left to do.
  bool is_over() const noexcept { return deliveries.empty() && !run; }

  // Messages without source and time, which are set when they are published.
  task::message started(const own_run& r, const std::string& replaces) const;
  task::message released(const std::string& run_id, std::int64_t runseq) const;
  task::message verdict(const std::string& replaces, task::status end, std::string_view why) const;

 private:
  task::message about(task::message_type type) const;
  void replace_record(base::record_ptr by);
};

// The same record without its value.
base::record_ptr without_payload(const base::record& r);

}  // namespace streamdemo::processor
