// What one processor knows of one partition: its fold, who is alive in it, and its own un-completed work, keyed by
// task. Plain data of decisions; pure.
#pragma once
#include <streamdemo/task/fold.hpp>

#include <deque>
#include <limits>
#include <set>
#include <unordered_set>

#include "processor/actions.hpp"
#include "processor/liveness.hpp"

namespace streamdemo::processor {

// A run of this process, from the moment its `started` is handed to the bus.
struct own_run {
  enum class phase {
    pending,   // waits to read its `started` back as current
    begun,     // the handler works
    stopping,  // the handler was told to stop
    ended,     // the handler has returned and `ended` is published
  };
  std::string id;
  phase now = phase::pending;
  bool read_back = false;  // its `started` was read: from here on the run judges itself
  bool resume = false;
  bool holds_slot = true;        // counts against the process's concurrency
  bool alone = false;            // the last run its task may have
  std::int64_t started_at = -1;  // offset of its `started`, once acknowledged
};

struct work {
  std::string id;
  base::record_ptr request;  // of the first delivery; a run needs its payload even when the partition is lost
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
  bool over = false;              // nothing left to do: may be erased
};

struct question {
  std::uint64_t number;
  std::string task;
};

struct book {
  static constexpr auto unknown = std::numeric_limits<std::int64_t>::max();

  book(std::int32_t n, const task::fold::options& f, base::milliseconds alive_interval)
      : number(n), fold(f), alive(alive_interval) {}

  std::int32_t number;
  std::set<std::string> topics;  // request topics whose partition of this number is assigned
  std::unordered_map<std::string, work> works;

  bool followed = false;
  sys_time opened_at = sys_time::max();  // by the own clock; max: not assigned
  task::fold fold;
  liveness alive;
  sys_time complete_from = sys_time::max();  // every task accepted after this log time is known
  sys_time log_time{};                       // of the last record read
  std::int64_t position = -1;                // the fold has passed every offset below
  std::int64_t follow_end = 0;               // the end when following began

  // What is accepted at this offset or behind it is younger than the last change of the assignment, so nobody has begun
  // it: no owner before, no earlier process of this instance. (A member that was thrown out of the group and does not
  // know it yet may, once.)
  std::int64_t owned_from = unknown;
  std::uint64_t owned_since = 0;            // the first token of an end that is young enough to tell owned_from
  std::unordered_set<std::string> unbegun;  // such tasks, until something else of them is read
  void owner_changes(std::uint64_t next_token) {
    owned_from = unknown;
    owned_since = next_token;
    unbegun.clear();
  }

  // Tasks that were accepted under newer rules, which the fold does not know: their version, and when they expire.
  struct newer {
    int fold;
    sys_time expiry;
  };
  std::unordered_map<std::string, newer> newer_tasks;

  std::uint64_t asking = 0;                                // the token of the unanswered ask_end; 0: none
  std::vector<question> unasked;                           // tasks that need an end asked for after they came
  std::vector<question> asked;                             // those the present ask_end is for
  std::deque<std::pair<std::int64_t, std::string>> gated;  // to be judged at that position, ascending

  std::optional<base::steady_time> alive_sent;
  bool alive_in_flight = false;
};

}  // namespace streamdemo::processor
