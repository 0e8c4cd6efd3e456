// The rules: what to do about a request, and about a run of this process. decisions.hpp lists them in words. Pure.
#pragma once
#include "processor/decisions/decision_options.hpp"
#include "processor/decisions/partition_state.hpp"

namespace streamdemo::processor {

enum class request_choice {
  wait,
  newer,     // it was accepted under newer rules: leave it alone, and leave the group
  complete,  // its task has ended
  start,     // no run of it is current
  replace,   // the current run is of an instance that fell silent
  release,   // the current run is of this process, which no longer has it
  expire,
  unknown_kind,
  payload_lost,
  give_up,       // it has had all the runs that it may have
  not_accepted,  // its `accepted` is not in the log
};

// `t`: the task as the partition's fold has it; nullptr: unknown. `log_time`: decisions::log_time_.
request_choice judge(const partition_state& p, const owned_request& r, const task::task_state* t, sys_time log_time,
                     const decision_options& o);

inline bool starts(request_choice c) noexcept {
  return c == request_choice::start || c == request_choice::replace;
}

enum class run_choice {
  go_on,
  begin,    // it was read back as current: the handler may work
  stop,     // another run is current or the task has ended, and the handler works
  over,     // the same, and the handler does not work (yet, or any more)
  release,  // it was read back as current, but nothing begins any more
};

run_choice judge(const own_run& r, const task::task_state* t, bool draining);

// True: a run that is started now is the last one that the task may have.
bool is_last_allowed_run(const task::task_state& t, const decision_options& o) noexcept;

}  // namespace streamdemo::processor
