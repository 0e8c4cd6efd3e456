// What one processor knows of one partition: which request topics it owns there, the requests in hand, and what the
// same partition of `response` says, read through the fold. Answers questions, and decides nothing. Pure.
#pragma once
#include <streamdemo/task/fold.hpp>

#include <set>
#include <unordered_map>

#include "processor/decisions/decision_options.hpp"
#include "processor/decisions/end_questions.hpp"
#include "processor/decisions/liveness.hpp"
#include "processor/decisions/owned_request.hpp"
#include "processor/decisions/unbegun_tasks.hpp"

namespace streamdemo::processor {

class partition_state {
 public:
  // `o` outlives it.
  partition_state(std::int32_t number, const decision_options& o);

  const std::int32_t number;
  base::string_map<owned_request> requests;  // by task
  end_questions questions;

  // --- Ownership. `next_token`: the token of the next question for an end.
  void assigned(const std::string& topic, sys_time own_clock, std::uint64_t next_token);
  void revoked(const std::string& topic, std::uint64_t next_token);
  void disown() { topics_.clear(); }
  const std::set<std::string>& topics() const noexcept { return topics_; }  // that it owns here
  bool is_idle() const noexcept { return topics_.empty() && requests.empty(); }

  // --- Requests.
  // Whether `r` can be judged without asking for an end, because nobody can have begun its task. Then it is judged at
  // once, if its `accepted` was read or `request` tells enough, or as soon as that `accepted` is read, which is about
  // to come.
  bool needs_no_end(owned_request& r, const task::message_view& request) const;
  // The `accepted` of its task was read. False: it does not tell that nobody can have begun the task; ask for an end.
  bool accepted_came(owned_request& r) const;
  // The `accepted` that it awaits should have been read by now.
  bool awaits_in_vain(const owned_request& r) const;
  // Asks for an end under this number; the request is judged once that end is known and reached.
  void ask(owned_request& r, std::uint64_t number);
  // Whether reading may have begun after the `accepted` of the task that `request` asks for. Then the partition must be
  // read anew.
  bool has_missed(const owned_request& r, const task::message_view& request) const;

  // --- Reading.
  bool is_followed() const noexcept { return followed_; }
  // Takes the answer to a question for the end. False: it does not count, because it is not for the present question.
  bool end_known(std::uint64_t token, std::int64_t end);
  // The partition is read from now on, up to its present `end` and beyond. Returns the log time to begin at.
  sys_time follow(std::int64_t end);
  // The partition is to be read again: forgets what was read.
  void read_anew(std::uint64_t next_token);

  void note(sys_time log_time) { log_time_ = std::max(log_time_, log_time); }
  // Returns why the record is ignored; empty: it is not.
  std::string_view read(std::int64_t offset, sys_time log_time, const task::message_view& m);
  // Every offset before `position` was read. questions.reached() then gives the tasks whose end is reached.
  void move_to(std::int64_t position) { position_ = std::max(position_, position); }
  std::int64_t position() const noexcept { return position_; }
  std::int64_t end_when_followed() const noexcept { return follow_end_; }

  // --- What the log says.
  const task::task_state* task(const std::string& id) const { return fold_.find(id); }
  // The task that it asks for, as the log has it, or as it tells itself. nullptr: unknown.
  const task::task_state* task(const owned_request& r) const;
  // The version of the rules under which the task was accepted, if this program does not know it; nullopt otherwise.
  std::optional<int> newer_rules(const std::string& task) const;
  bool is_silent(std::string_view source) const { return options_.alone || others_.silent(source); }
  // Nobody can have begun its task but this process, now.
  bool is_unbegun(const owned_request& r) const { return r.as_asked || unbegun_.contains(r.id); }

  // --- Own signs of life.
  bool alive_is_due(base::steady_time now) const;
  void alive_sent(base::steady_time now);
  void alive_published() noexcept { alive_in_flight_ = false; }

  // --- Memory.
  // Forgets tasks that ended so long ago that no gateway remembers them either.
  void forget();
  // Forgets earlier, when memory is short: tasks that ended before `until`, except those that a request in hand may
  // need.
  void forget_ended_before(sys_time until);
  // Memory for ended tasks.
  std::size_t remembered_bytes() const noexcept { return fold_.ended_bytes(); }

 private:
  // A task that was accepted under newer rules, which the fold does not know.
  struct newer_task {
    int fold;
    sys_time expiry;
  };

  void owner_changes(std::uint64_t next_token);
  void note_newer(const task::message_view& m, sys_time log_time);
  void read_own(const task::message_view& m, sys_time log_time);
  bool has_read(const task::message_view& request) const;
  bool needs_alive() const;
  sys_time needed_since() const noexcept;
  sys_time needed_early_since() const;

  const decision_options& options_;
  std::set<std::string> topics_;          // request topics of which the partition with this number is assigned
  sys_time opened_at_ = sys_time::max();  // earliest assignment by this machine's clock; max: none yet

  bool followed_ = false;
  task::fold fold_;
  liveness others_;
  unbegun_tasks unbegun_;
  base::string_map<newer_task> newer_;
  sys_time complete_from_ = sys_time::max();  // every task accepted after this log time is known
  sys_time log_time_{};                       // the latest that was read
  std::int64_t position_ = -1;
  std::int64_t follow_end_ = 0;

  std::optional<base::steady_time> alive_sent_;
  bool alive_in_flight_ = false;
};

}  // namespace streamdemo::processor
