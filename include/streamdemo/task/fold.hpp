// The log decides: the pure fold of one partition of `response` into the agreed state of its tasks. Gateways and
// processors run this same code over the same records, so all come to the same answer. No clock, no Asio; one thread.
//
// Rules, in log order, for each record of a task:
//  - accepted: creates the task. While it exists, and until keep_for (log time) after its end, later ones are ignored.
//    Records of a task whose accepted was not read are ignored.
//  - after ended: ignored.
//  - started(run, replaces): becomes current only if `replaces` names the last run that became current, released or
//    not (empty: there was none); no ce_replaces at all takes over always. A run id becomes current once.
//  - released(run) of the current run: its later records are ignored; it does not count against max_runs.
//  - ended without a run: from a gateway (no ce_replaces), in any state; a processor's verdict (with ce_replaces) only
//    while that is the last run. (decode() refuses an end without a run that only a run can come to.)
//  - anything else of a run that is not current: ignored. A runseq seen before: ignored. A hole: the task ends as
//    failed there and then.
//  - the first ended closes the task.
#pragma once
#include <streamdemo/base/string_map.hpp>
#include <streamdemo/task/ended_tasks.hpp>
#include <streamdemo/task/message.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::task {

// The agreed state of one task.
struct task_state {
  std::string request_id;
  std::string kind;
  std::string payload_hash;
  std::string accepted_by;  // source of the accepted record
  std::string owner;        // of the accepted record; empty: nobody's
  sys_time expiry{};
  sys_time accepted_at{};  // log time
  std::optional<status> end;
  sys_time ended_at{};  // log time

  std::string last_run;         // the last run that became current; empty: none yet
  std::string last_run_source;  // its processor's instance
  bool current = false;         // last_run is current: neither released nor replaced (nor ended)
  std::int64_t last_runseq = 0;
  int attempt = 0;      // runs that became current
  int failed_runs = 0;  // runs that became current and were replaced without having been released
  std::int64_t last_seq = 0;

  std::int64_t results = 0;            // since the last `started` that did not resume
  std::int64_t results_begin = 0;      // seq of that `started`; 0: none yet
  std::string last_result;             // payload of the last of them (only when told to)
  std::vector<std::string> past_runs;  // those before last_run

  status now() const noexcept { return end ? *end : attempt == 0 ? status::queued : status::running; }
};

// What one record did.
struct step {
  enum class kind {
    ignored,   // changed nothing; `why` says which rule
    event,     // a new entry of the history: `seq`, `type`; the record's own fields make it, but for `payload`
    hole,      // like event, but the entry is an `ended` (failed) that the fold made because of a hole in runseq
    released,  // the current run was released: no entry
    alive,     // a processor's sign of life: no task
  };
  kind what = kind::ignored;
  std::string_view why;               // static text
  bool breaks_rules = false;          // the program that wrote the record is to be corrected; `why` says which rule
  const task_state* state = nullptr;  // of the task: for all but ignored and alive
  std::int64_t seq = 0;
  message_type type = message_type::alive;
  bool resumed = false;  // for started
  // What the entry carries: the record's payload, or the fold's own words for a hole and an end that cannot be read.
  std::string_view payload;
  std::string_view content_type;
};

class fold {
 public:
  struct options {
    base::milliseconds keep_for{0};
    bool keep_last_result = false;  // processors: for resumable handlers
  };
  explicit fold(options o) : options_(o) {}

  // Applies one decoded record of this partition. `log_time` never goes back much; offsets ascend. The step's pointers
  // live until the next call.
  step apply(const message& m, sys_time log_time);

  // nullptr: no accepted was read, or it was forgotten since. Of a task that has ended only the id, the end and
  // last_seq are told. Lives until the next call.
  const task_state* find(std::string_view request_id) const;

  // Forgets tasks that ended more than keep_for before `log_time`; how many. Only memory: apply() answers the same with
  // or without it.
  std::size_t forget(sys_time log_time);
  // Forgets all that ended before `at`, though keep_for be not over; how many. For who knows that it need not tell them
  // from unknown ones: an `accepted` that comes once more makes a task here which it does not make elsewhere.
  std::size_t forget_ended_before(sys_time at);

  std::size_t size() const noexcept { return tasks_.size() + ended_.size(); }
  // The memory that it takes, about; and of that, for tasks that have ended.
  std::size_t bytes() const noexcept;
  std::size_t ended_bytes() const noexcept { return ended_.bytes(); }
  // What one open task takes of it.
  static std::size_t open_task_bytes() noexcept;

 private:
  step accept(const message& m, sys_time log_time);
  step start(task_state& t, const message& m);
  step release(task_state& t, const message& m);
  step end_without_run(task_state& t, const message& m, sys_time log_time);
  step of_run(task_state& t, const message& m, sys_time log_time);
  step entry(task_state& t, const message& m);
  step end(task_state& t, const message& m, sys_time log_time);
  step hole(task_state& t, sys_time log_time);
  void close(task_state& t, status s, sys_time log_time);
  void put_away_closed();

  options options_;
  base::string_map<task_state> tasks_;  // open, and closed_
  ended_tasks ended_;
  std::string closed_;         // ended by the last call, whose step still points to its state; empty: none
  mutable task_state told_{};  // what find() tells of a task that has ended
};

}  // namespace streamdemo::task
