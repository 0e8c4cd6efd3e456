// What a processor does about every request it owns and every run it has, decided from what it has read and from
// nothing else: no clock, no bus, no coroutine. The runtime (runtime.hpp) hands in what happens and performs the
// actions that come out; the property tests drive the same class through thousands of bad days.
//
// For every un-completed request whose partition of `response` was read up to the end that existed when it came:
//  - its task has ended: complete it. Expired, of an unknown kind, or out of runs: a verdict (the last one after an
//    acknowledged dead letter). Unreadable, or never accepted: dead letter.
//  - it was accepted under newer rules than this program's: leave it alone, and leave the group.
//  - no run is current: publish `started`, begin at once, when a slot is free and it is the task's turn (start_line).
//  - another's run is current: leave it alone while that instance is heard from; then publish `started` replacing it,
//    and begin when that is read back as current.
//  - a run of this very process is current that it no longer has: `released`.
// A run that the process had not the means for is released and counts as none; then nothing begins for a while.
// A run judges itself once its own `started` was read back: not current, or the task has ended: it stops. A lost
// partition stops no run. One thread; cost per record does not depend on how much else there is, but for this process's
// own signs of life, at which all its requests in the partition are looked at.
//
// What is known of a partition is in partition_state.hpp, which rule applies in rules.hpp, and what becomes of a run in
// own_runs.hpp; here it is said when to look at what.
#pragma once
#include "processor/decisions/decision_options.hpp"
#include "processor/decisions/own_runs.hpp"
#include "processor/decisions/partition_table.hpp"
#include "processor/decisions/rules.hpp"

namespace streamdemo::processor {

class decisions {
 public:
  explicit decisions(decision_options o);
  decisions(const decisions&) = delete;

  // What the group's consumer saw, in order.
  // `own_clock` only says how far back reading begins: far too far is as good.
  void on_assigned(const std::vector<bus::partition_id>& partitions, sys_time own_clock);
  void on_revoked(const std::vector<bus::partition_id>& partitions);
  void on_request(const bus::delivery& d);

  // What the reader of `response` saw, in order. `m` is nullptr when the record could not be decoded. Answers why the
  // record was ignored (static text); empty: it was not.
  std::string_view on_response(std::int32_t partition, std::int64_t offset, sys_time log_time, const task::message* m);
  void on_caught_up(std::int32_t partition);
  void on_position_lost(std::int32_t partition);

  // Answers to actions.
  void on_end(std::int32_t partition, std::uint64_t token, std::int64_t end);
  void on_started_published(const run_key& key, std::int64_t offset);
  void on_alive_published(std::int32_t partition);
  void on_dead_lettered(std::uint64_t token);
  // The handler has returned.
  void on_finished(const run_key& key, run_end how);

  // Every eighth of alive_interval or so: signs of life, and what has expired.
  // `wall`: what this machine takes for the time; it may be wrong.
  void tick(base::steady_time now, sys_time wall);

  // Nothing starts any more; what runs goes on. The runtime leaves the group.
  void drain();
  // The drain deadline has come: gives up every run.
  void release_all();

  // What is to be done since the last call. Performed by then, in order, before anything else is handed in.
  std::vector<action> take_actions();

  // Runs whose records still matter: none left means a drain is over.
  std::size_t runs() const noexcept { return runs_.count(); }
  std::uint32_t running() const noexcept { return runs_.running(); }
  std::size_t queued() const noexcept { return line_.size(); }
  // What the folds remember of tasks that have ended; after the last tick.
  std::size_t remembered_bytes() const noexcept { return remembered_bytes_; }
  // That is more than it may be, and none of it can be forgotten yet: no requests should be taken in, or few.
  bool remembers_too_much() const noexcept { return remembered_bytes_ > options_.max_remembered_bytes; }

 private:
  struct open_dead_letter {
    std::optional<bus::delivery> delivery;  // of a request that cannot be read
    std::int32_t partition = 0;
    std::string task;
  };
  using requests = std::unordered_map<std::string, owned_request>;

  // After every event of this partition: what it may have made possible elsewhere is looked at, too.
  void after_event(partition_state& p);

  // Looks at a request, and drops it when nothing is left to do.
  void settle(partition_state& p, requests::iterator it);
  void settle_task(partition_state& p, const std::string& task);
  void settle_all(partition_state& p);
  void settle_run(partition_state& p, owned_request& r, const task::task_state* t);
  void settle_request(partition_state& p, owned_request& r, const task::task_state* t);
  void move_to(partition_state& p, std::int64_t position);
  void fill_slots();
  bool fill_one_slot();

  void send_verdict(const partition_state& p, owned_request& r, const task::task_state& t, task::status end,
                    std::string_view why);
  void send_dead_letter(const partition_state& p, owned_request& r, std::string reason, std::int64_t deliveries);
  void complete_all(owned_request& r);
  void send_alive(partition_state& p, base::steady_time now);
  void expire(partition_state& p);

  void read_anew(partition_state& p);
  void give_up_unread_runs(partition_state& p);
  void forget_early();

  const decision_options options_;
  std::vector<action> actions_;
  partition_table partitions_{options_, actions_};
  start_line line_;  // tasks that wait for a slot
  own_runs runs_{options_, actions_, line_};
  // The youngest log time read, as far as this machine's clock agrees: proof that so much time has passed even where a
  // broker's clock or this one is wrong. An own run's `alive` moves it on every interval, and the gateways, who have
  // clocks, are there for what is more urgent.
  sys_time log_time_{};
  sys_time wall_ = sys_time::max();                                   // at the last tick
  std::unordered_map<std::uint64_t, open_dead_letter> dead_letters_;  // by token, until they are acknowledged
  std::uint64_t next_dead_letter_ = 1;
  std::uint64_t next_question_ = 1;
  std::size_t remembered_bytes_ = 0;
  bool draining_ = false;
  bool outdated_ = false;  // and said so
};

}  // namespace streamdemo::processor
