// The runs of this process: their slots, and the actions and records that begin and end them. Each run is kept in its
// request. Pure; used by decisions.
#pragma once
#include "processor/decisions/actions.hpp"
#include "processor/decisions/decision_options.hpp"
#include "processor/decisions/holdback.hpp"
#include "processor/decisions/partition_state.hpp"
#include "processor/decisions/slots.hpp"
#include "processor/decisions/start_line.hpp"

namespace streamdemo::processor {

class own_runs {
 public:
  // All outlive it. Actions are added to `out`, in order; `line` is told which owner's runs have slots.
  own_runs(const decision_options& o, std::vector<action>& out, start_line& line)
      : options_(o), out_(out), line_(line), slots_(o.concurrency, o.kind_concurrency) {}

  // Nothing begins for a while, because the process lacked the resources for a run.
  bool is_held_back() const noexcept { return holdback_.holds(); }
  const slots& all_slots() const noexcept { return slots_; }
  // Whether it may begin now as far as other runs matter, given that its kind has a slot.
  bool has_room_for(const task::task_state& t) const;
  void tick(base::steady_time now) { holdback_.tick(now); }

  // Keeps a slot for a task whose turn it is but whose payload is still being read, until it is given up again.
  void keep_slot(owned_request& r, const std::string& owner);
  void give_up_slot(owned_request& r);
  // Publishes `started`, and begins at once if no other run is replaced. `t` is the task before that.
  void start(const partition_state& p, owned_request& r, const task::task_state& t);
  // `t` is the task before this run's `started` or, if the run waited for that to be read back, after it: its results
  // are the same.
  void begin(const partition_state& p, owned_request& r, const task::task_state& t);
  // Tells the handler to stop. It must have begun.
  void stop(const partition_state& p, owned_request& r, stop_reason why);
  // Gives the task up to other processors: stops the handler with a `released`, or, if it has not begun, publishes that
  // here and drops the run. False: neither, because the run is already ending.
  bool give_up(const partition_state& p, owned_request& r);
  // Publishes `released` for a run that has no handler here.
  void release(const partition_state& p, const owned_request& r, const std::string& run, std::int64_t runseq);
  void drop(owned_request& r);

  // A handler has returned. note_end() is for every run, finish() only if its request is still known.
  void note_end(run_end how);
  void finish(owned_request& r, run_end how);

  // Runs whose records still matter.
  std::size_t count() const noexcept { return count_; }

 private:
  void give_back_slot(owned_request& r);

  const decision_options& options_;
  std::vector<action>& out_;
  start_line& line_;
  slots slots_;
  holdback holdback_;
  std::size_t count_ = 0;
};

}  // namespace streamdemo::processor
