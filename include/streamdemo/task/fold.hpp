// Folds the records of one partition of `response` into the state of its tasks. Gateways and processors run this same
// code over the same records, so all come to the same result. Pure, no clock; one thread.
//
// Rules, in log order, for each record of a task:
//  - accepted: creates the task. Another one is ignored until keep_for (log time) after the task's end. Records of a
//    task whose accepted was not read are ignored.
//  - any record after ended: ignored, except the first `deleted`, which removes everything about the task but its id
//    and its end. A `deleted` before `ended`: ignored.
//  - started(run, replaces): the run becomes current only if `replaces` names the last run that was current, released
//    or not (empty: there was none). Without a ce_replaces header it always becomes current. A run becomes current
//    once.
//  - released(run) of the current run: its later records are ignored; it does not count against max_runs.
//  - ended without a run: from a gateway (no ce_replaces) it counts in any state; a processor's verdict (with
//    ce_replaces) counts only while that is the last run. (decode() refuses a status that only a run can give.)
//  - any other record of a run that is not current: ignored. A runseq that was seen before: ignored. A hole in runseq:
//    the task ends as failed at once.
//  - the first ended closes the task.
#pragma once
#include <streamdemo/base/string_map.hpp>
#include <streamdemo/task/ended_tasks.hpp>
#include <streamdemo/task/message.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::task {

// The agreed state of one task.
struct task_state {
  std::string request_id;
  std::string kind;
  std::string payload_hash;
  std::string accepted_by;  // the source of the accepted record
  std::string owner;        // from the accepted record; empty: no owner
  sys_time expiry{};
  sys_time accepted_at{};  // log time
  std::optional<status> end;
  sys_time ended_at{};   // log time
  bool deleted = false;  // after its end: its data was deleted

  std::string last_run;         // the last run that became current; empty: none yet
  std::string last_run_source;  // its processor's instance
  bool current = false;         // last_run is current: neither released nor replaced (nor ended)
  std::int64_t last_runseq = 0;
  int attempt = 0;      // how many runs became current
  int failed_runs = 0;  // runs that became current and were replaced without having been released
  std::int64_t last_seq = 0;

  std::int64_t results = 0;            // since the last `started` that did not resume
  std::int64_t results_begin = 0;      // seq of that `started`; 0: none yet
  std::string last_result;             // payload of the last of them; only with options::keep_last_result
  std::vector<std::string> past_runs;  // those before last_run

  status now() const noexcept { return end ? *end : attempt == 0 ? status::queued : status::running; }
};

// The effect of one record.
struct step {
  enum class kind {
    ignored,   // no change; `why` names the rule
    event,     // a new entry of the history with `seq`, `type` and `payload`; its other fields are those of the record
    hole,      // like event, but the entry is an `ended` (failed) that the fold made because of a hole in runseq
    released,  // the current run was released; no entry
    deleted,   // the task's data must be deleted; no entry
    alive,     // a processor's sign of life; it belongs to no task
  };
  kind what = kind::ignored;
  std::string_view why;               // static text
  bool breaks_rules = false;          // the program that wrote the record has a bug; `why` names the violated rule
  const task_state* state = nullptr;  // of the task; set for all but ignored and alive
  std::int64_t seq = 0;
  message_type type = message_type::alive;
  bool resumed = false;  // for started
  // The payload of the entry: that of the record, or one that the fold made for a hole or an unreadable end.
  std::string_view payload;
  std::string_view content_type;
};

class fold {
 public:
  struct options {
    base::milliseconds keep_for{0};
    bool keep_last_result = false;  // set by processors, for resumable handlers
  };
  explicit fold(options o) : options_(o) {}

  // Applies one decoded record of this partition, in the order of the offsets. `log_time` may go back only a little.
  // The step's pointers are valid until the next call.
  step apply(const message_view& m, sys_time log_time);

  // nullptr: no accepted was read, or the task was forgotten. For an ended task only the id, the end and last_seq are
  // set. Valid until the next call.
  const task_state* find(std::string_view request_id) const;

  // Calls `f` with the state of each task; of ended ones as find() gives it.
  void for_each(const std::function<void(const task_state&)>& f) const;
  // Adds a task in a state that for_each() or find() gave before, in a fold of the same rules. Ended tasks in the order
  // of their ends.
  void restore(task_state t);

  // Forgets tasks that ended more than keep_for before `log_time`, and returns how many. This only frees memory: it
  // does not change what apply() returns.
  std::size_t forget(sys_time log_time);
  // Forgets tasks that ended before `at`, even if keep_for is not over, and returns how many. Only for callers that may
  // treat them as unknown: a repeated `accepted` then creates a task here that it does not create elsewhere.
  std::size_t forget_ended_before(sys_time at);

  std::size_t size() const noexcept { return tasks_.size() + ended_.size(); }
  // The approximate memory of everything; and the part of it for ended tasks.
  std::size_t bytes() const noexcept;
  std::size_t ended_bytes() const noexcept { return ended_.bytes(); }
  // The memory of one open task.
  static std::size_t open_task_bytes() noexcept;

 private:
  step accept(const message_view& m, sys_time log_time);
  step start(task_state& t, const message_view& m);
  step release(task_state& t, const message_view& m);
  step erase_data(const message_view& m);
  step end_without_run(task_state& t, const message_view& m, sys_time log_time);
  step of_run(task_state& t, const message_view& m, sys_time log_time);
  step entry(task_state& t, const message_view& m);
  step end(task_state& t, const message_view& m, sys_time log_time);
  step hole(task_state& t, sys_time log_time);
  void close(task_state& t, status s, sys_time log_time);
  void put_away_closed();

  options options_;
  base::string_map<task_state> tasks_;  // open, and closed_
  ended_tasks ended_;
  std::string closed_;         // the task that the last call ended, whose step still points to its state; empty: none
  mutable task_state told_{};  // the state that find() returns for an ended task
};

}  // namespace streamdemo::task
