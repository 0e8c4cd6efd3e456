// Decides what a processor does about each request that it owns and each run that it has, from nothing but what it is
// told: no clock, no bus, no coroutine. The runtime (runtime.hpp) reports what happens and performs the resulting
// actions; the property tests drive the same class through thousands of simulations with faults.
//
// For every request that is not completed, once its partition of `response` was read up to the end that existed when
// the request came or, for a task that nobody can have begun (unbegun_tasks), up to its `accepted`, or not at all, if
// the request says where that is:
//  - its task has ended: complete it. It has expired, is of an unknown kind, or has no runs left: publish a verdict, an
//    `ended` without a run (with no runs left, only after a dead letter was acknowledged). It is unreadable or was
//    never accepted: dead letter.
//  - it was accepted under newer rules than this program knows: leave it alone, and leave the group.
//  - no run is current: when its kind has a free slot and it is the task's turn (start_line, and alone_turn for the
//    last run that a task may have), publish `started` and begin at once.
//  - a run of another instance is current: wait until that instance is silent (liveness). Then, before all tasks that
//    have not run yet, publish a `started` that replaces the run, and begin when it is read back as current.
//  - a run of this process is current, but the process no longer has it: publish `released`.
// So that many large requests may wait, payloads beyond a bound are let go of (waiting_payloads) and read again from
// the bus. If that is not done when the task's turn comes, a slot is kept for it, for a while (payload_waits); if the
// bus no longer has it, the task fails, after a dead letter. A run for which the process lacks resources is released
// and does not count; then nothing begins for a while (holdback). Once the `started` of a run was read back, the run is
// stopped if it is not current or the task has ended. Losing a partition stops no run. One thread. The cost of a record
// does not depend on how many requests there are, except for this process's own signs of life: at each, all requests in
// the partition are judged again.
//
// partition_state.hpp has what is known of a partition, rules.hpp which rule applies, and own_runs.hpp what happens to
// a run. This class decides when to judge what.
#pragma once
#include "processor/decisions/alone_turn.hpp"
#include "processor/decisions/decision_options.hpp"
#include "processor/decisions/offers.hpp"
#include "processor/decisions/own_runs.hpp"
#include "processor/decisions/partition_table.hpp"
#include "processor/decisions/payload_waits.hpp"
#include "processor/decisions/rules.hpp"
#include "processor/decisions/waiting_payloads.hpp"

namespace streamdemo::processor {

class decisions {
 public:
  explicit decisions(decision_options o);
  decisions(const decisions&) = delete;

  // Events of the group's consumer, in order.
  // `own_clock`: this machine's time. It only decides from where on `response` is read; too early does no harm.
  void on_assigned(const std::vector<bus::partition_id>& partitions, sys_time own_clock);
  void on_revoked(const std::vector<bus::partition_id>& partitions);
  void on_request(const bus::delivery& d);

  // Events of the reader of `response`, in order. `m` is nullptr if the record could not be decoded. Returns why the
  // record was ignored (static text); empty: it was not.
  std::string_view on_response(std::int32_t partition, std::int64_t offset, sys_time log_time,
                               const task::message_view* m);
  void on_caught_up(std::int32_t partition);
  void on_position_lost(std::int32_t partition);

  // Results of actions.
  void on_end(std::int32_t partition, std::uint64_t token, std::int64_t end);
  void on_started_published(const run_key& key, std::int64_t offset);
  void on_alive_published(std::int32_t partition);
  void on_offer_published() { offers_.published(); }
  void on_dead_lettered(std::uint64_t token);
  // `whole` is the request that was to be read; nullptr: it is no longer on the bus. False: nobody waits for it any
  // more.
  bool on_payload(const read_payload& asked, base::record_ptr whole);
  // The handler has returned.
  void on_finished(const run_key& key, run_end how);

  // Call it about eight times per alive_interval: sends signs of life, says what this process offers, and ends what has
  // expired.
  // `wall`: this machine's time, which may be wrong.
  void tick(base::steady_time now, sys_time wall);

  // Call it before leaving the group: says that this process takes no more tasks.
  void say_farewell();
  // Call it after leaving the group: nothing starts any more, and runs continue.
  void drain();
  // Call it at the drain deadline: gives up every run.
  void release_all();

  // Takes the actions that were decided since the last call. Perform them in order before you report anything else.
  std::vector<action> take_actions();

  // Runs whose records still matter. When there are none, a drain is over.
  std::size_t runs() const noexcept { return runs_.count(); }
  std::uint32_t running() const noexcept { return runs_.all_slots().taken(); }
  std::size_t queued() const noexcept { return line_.size() + alone_.size() + payload_waits_.aside(); }
  // Requests that wait without their payload, which is only on the bus.
  std::size_t payloads_let_go() const noexcept { return payloads_.let_go(); }
  // A task that must be alone keeps all others from starting.
  bool waits_to_be_alone() const noexcept { return alone_.holds(); }
  // Memory of the folds for ended tasks, at the last tick.
  std::size_t remembered_bytes() const noexcept { return remembered_bytes_; }
  // That is more than max_remembered_bytes, and no more can be forgotten yet: take few requests or none.
  bool remembers_too_much() const noexcept { return remembered_bytes_ > options_.max_remembered_bytes; }

 private:
  struct open_dead_letter {
    std::optional<bus::delivery> delivery;  // of a request that cannot be read
    std::int32_t partition = 0;
    std::string task;
  };
  using requests = base::string_map<owned_request>;

  // Call it after every event of a partition: closes the partition if it is idle, and starts waiting tasks if there are
  // slots.
  void after_event(partition_state& p);

  // Judges a request and its run, and removes the request when nothing is left to do.
  void settle(partition_state& p, requests::iterator it);
  void settle_task(partition_state& p, std::string_view task);
  void settle_all(partition_state& p);
  void settle_run(partition_state& p, owned_request& r, const task::task_state* t);
  void settle_request(partition_state& p, owned_request& r, const task::task_state* t);
  void stop_awaiting(partition_state& p, owned_request& r, task::message_type read);
  void await_accepted_no_longer(partition_state& p);
  void move_to(partition_state& p, std::int64_t position);
  void fill_slots();
  // What ran before goes before what waits. Where no other instance can be, the log tells all of it soon, so nothing
  // begins earlier. Elsewhere one partition that cannot be read would hold up the tasks of all.
  bool knows_enough() const { return !options_.alone || partitions_.all_read(); }
  bool still_wants_to_start(const start_line::place& at);
  void start_or_settle(start_line::place next);
  void await_alone(const partition_state& p, owned_request& r, start_line::place at);
  void await_payload(const partition_state& p, owned_request& r, start_line::place at, const std::string& owner);
  void give_up_slot(const partition_state& p, owned_request& r);
  bool take_payload(partition_state& p, const read_payload& asked, base::record_ptr whole);
  void stand_first(const std::deque<start_line::place>& all);
  void come_again();
  template <class Predicate>
  void leave_line(Predicate gone);

  void send_verdict(const partition_state& p, owned_request& r, const task::task_state& t, task::status end,
                    std::string_view why);
  void send_dead_letter(const partition_state& p, owned_request& r, std::string reason, std::int64_t deliveries);
  void complete_all(owned_request& r);
  void send_alive(partition_state& p, base::steady_time now);
  void expire(partition_state& p);
  task::offer offer() const;

  void read_anew(partition_state& p);
  void give_up_unread_runs(partition_state& p);
  void forget_early();

  const decision_options options_;
  std::vector<action> actions_;
  partition_table partitions_{options_, actions_};
  start_line line_;   // tasks that wait for a slot
  alone_turn alone_;  // those of them that wait for the process to be empty
  own_runs runs_{options_, actions_, line_};
  waiting_payloads payloads_{options_, actions_, partitions_};
  payload_waits payload_waits_;  // whose turn has come before their payload
  offers offers_{options_.alive_interval};
  // The latest log time that was read, but no later than this machine's clock at the last tick: so much time has passed
  // even if one of the two clocks is wrong. While this process has a run, its own `alive` advances it every interval.
  // The gateways, which go by a running clock, handle what is more urgent.
  sys_time log_time_{};
  sys_time wall_ = sys_time::max();                                   // at the last tick
  std::unordered_map<std::uint64_t, open_dead_letter> dead_letters_;  // by token, until they are acknowledged
  std::uint64_t next_dead_letter_ = 1;
  std::uint64_t next_question_ = 1;
  std::size_t remembered_bytes_ = 0;
  bool leaving_ = false;  // the group
  bool draining_ = false;
  bool outdated_ = false;  // `outdated` was asked for
};

}  // namespace streamdemo::processor
