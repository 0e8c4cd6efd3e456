// What a processor does about every request it owns and every run it has, decided from what it has read and from
// nothing else: no clock, no bus, no coroutine. The runtime (runtime.hpp) hands in what happens and performs the
// actions that come out; the property tests drive the same class through thousands of bad days.
//
// For every un-completed request whose partition of `response` was read up to the end that existed when it came:
//  - its task has ended: complete it. Expired, of an unknown kind, or out of runs: a verdict (the last one behind an
//    acknowledged dead letter). Unreadable, or never accepted: dead letter.
//  - it was accepted under newer rules than this program's: leave it alone, and leave the group.
//  - no run is current: publish `started`, begin at once.
//  - another's run is current: leave it alone while that instance is heard from; then publish `started` replacing it,
//    and begin when that is read back as current.
//  - a run of this very process is current that it no longer has: `released`.
// A run that the process had not the means for is released and counts as none; then nothing begins for a while.
// A run judges itself once its own `started` was read back: not current, or the task has ended: it stops. A lost
// partition stops no run. One thread; cost per record does not depend on how much else there is, but for this process's
// own signs of life, at which all its work in the partition is looked at.
#pragma once
#include <functional>
#include <map>

#include "processor/actions.hpp"
#include "processor/book.hpp"
#include "processor/holdback.hpp"
#include "processor/slots.hpp"

namespace streamdemo::processor {

struct decision_options {
  std::string source;  // this instance
  base::milliseconds alive_interval{2000};
  base::milliseconds recovery_margin{60000};
  base::milliseconds keep_for{0};  // as the gateways' histories
  std::size_t max_remembered_bytes = 64 << 20;
  std::uint32_t concurrency = 4;
  std::uint32_t max_runs = 3;
  std::map<std::string, bool, std::less<>> kinds;  // kind → its handler can resume
  std::function<std::string()> new_run;            // a run id that no other run has
};

class decisions {
 public:
  explicit decisions(decision_options o);

  // What the group's consumer saw, in order.
  // `own_clock` only says how far back reading begins: far too far is as good.
  void on_assigned(const std::vector<bus::partition_id>& partitions, sys_time own_clock);
  void on_revoked(const std::vector<bus::partition_id>& partitions);
  void on_request(const bus::delivery& d);

  // What the reader of `response` saw, in order. `m` is nullptr when the record could not be decoded. Answers why the
  // record was ignored (static text), or nothing.
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
  std::size_t runs() const noexcept { return runs_; }
  std::uint32_t running() const noexcept { return slots_.taken(); }
  std::size_t queued() const noexcept { return line_.size(); }
  // What the folds remember of tasks that have ended; after the last tick.
  std::size_t remembered_bytes() const noexcept { return remembered_bytes_; }
  // That is more than it may be, and none of it can be forgotten yet: no requests should be taken in, or few.
  bool remembers_too_much() const noexcept { return remembered_bytes_ > options_.max_remembered_bytes; }

 private:
  enum class choice { wait, newer, complete, start, replace, release, expire, unknown_kind, give_up, not_accepted };
  struct letter {
    std::optional<bus::delivery> delivery;  // of a request that cannot be read
    std::int32_t partition = 0;
    std::string task;
  };

  // decide.cpp: what one task needs.
  choice choose(const book& b, const work& w, const task::task_state* t) const;
  bool last_allowed(const task::task_state& t) const noexcept;
  bool out_of_runs(const task::task_state& t) const noexcept;
  bool judge_run(book& b, work& w, const task::task_state* t);
  void judge(book& b, work& w);
  void begin_run(book& b, work& w, const task::task_state& t);
  void start_run(book& b, work& w, const task::task_state& t);
  void drop_run(work& w);
  void give_back_slot(own_run& r);
  void send_release(book& b, work& w, const std::string& run, std::int64_t runseq);
  void send_verdict(book& b, work& w, const task::task_state& t, task::status end, std::string why);
  void send_dead_letter(book& b, work& w, std::string reason, std::int64_t deliveries);
  void complete_all(work& w);
  void fill_slots();
  bool fill_one_slot();

  // decisions.cpp: the books.
  book* find(std::int32_t partition);
  book& open(std::int32_t partition);
  void judge_at(book& b, const std::string& task);
  void judge_all(book& b);
  void settle(book& b, std::unordered_map<std::string, work>::iterator it);
  void moved_to(book& b, std::int64_t position);
  void note_newer(book& b, const task::message& m, sys_time log_time);
  void read_own(book& b, const task::message& m, sys_time log_time);
  bool has_read(const book& b, const task::message& request) const;
  void ask(book& b, work& w);
  void read_anew(book& b);
  void give_up_unread_runs(book& b);
  void forget(book& b);
  void forget_early();
  std::size_t count_remembered() const noexcept;
  sys_time needed_since(const book& b) const noexcept;
  void close_if_idle(book& b);
  void send_alive(book& b, base::steady_time now);
  bool needs_alive(book& b) const;
  task::message message_of(const work& w, task::message_type type) const;

  decision_options options_;
  slots slots_;
  holdback holdback_;
  // The youngest log time read, as far as this machine's clock agrees: proof that so much time has passed even where a
  // broker's clock or this one is wrong. An own run's `alive` moves it on every interval, and the gateways, who have
  // clocks, are there for what is more urgent.
  sys_time log_time_{};
  sys_time wall_ = sys_time::max();  // at the last tick
  std::map<std::int32_t, std::unique_ptr<book>> books_;
  std::deque<std::pair<std::int32_t, std::string>> line_;  // tasks that wait for a slot
  std::unordered_map<std::uint64_t, letter> letters_;
  std::uint64_t next_letter_ = 1;
  std::uint64_t next_question_ = 1;
  std::size_t remembered_bytes_ = 0;
  std::size_t runs_ = 0;
  bool draining_ = false;
  bool outdated_ = false;  // and said so
  std::vector<action> actions_;
};

}  // namespace streamdemo::processor
