// Every task's history, folded from `response` on loop 0 and read by sessions on all loops. The one way to read a
// history is history::read(); the one way to wait is a subscription: subscribe, then read again, then wait.
//
// Memory. All kept events together (task::event::bytes(), their places and a fixed amount per history), and what must
// be remembered of the tasks, stay below max_bytes. Over it, a history that alone holds more than an eighth of the
// bound gives up its own oldest events, so that one flood does not wash out everybody's results; otherwise the oldest
// events of all go first. What is dropped shows as a gap. A history is removed keep_for after its end (log time), or
// when it is over and has lost its last event; the last of those, ten thousand or what fits into a sixteenth of
// max_bytes, are still told from unknown ids: find() gives a history without events whose first_kept is last_seq + 1.
// Remembered must be each open task, and until keep_for after its end each other one: else the same log would make
// another history here. With half of max_bytes for that, has_room() says no, and no further task may be accepted.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/io_threads.hpp>
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/task/event.hpp>
#include <streamdemo/task/fold.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace streamdemo::gateway {

// What is true of a task at one moment.
struct task_view {
  std::string request_id;
  std::string kind;
  std::string payload_hash;
  std::string accepted_by;
  std::string owner;  // who may see it; empty: nobody but an administrator
  task::status status = task::status::queued;
  base::sys_time accepted_at{};
  base::sys_time expiry{};
  base::sys_time ended_at{};
  // When it ended as far as it is kept for keep_for after that: ended_at, but for a broker whose clock is wrong.
  base::sys_time kept_since{};
  std::int64_t last_seq = 0;
  std::int64_t first_kept = 1;     // lower ones are no longer in memory
  std::int64_t results_begin = 0;  // seq of the last `started` that did not resume: results behind it count
  std::uint64_t results = 0;       // how many those are
  std::uint64_t result_bytes = 0;  // and their JSON together
  double fraction = -1;            // of the last progress event that had one; -1: none
  bool deleted = false;            // its data was deleted: only find_ended() tells of it
};

// This gateway's own times of a task, and of one of its events (the timeline endpoint); zero: not yet. "Written" is
// handed to a socket, or to the answer of a poll.
struct local_times {
  base::sys_time first_folded{};
  base::sys_time last_folded{};
  base::sys_time first_written{};
  base::sys_time last_written{};
};
struct event_times {
  std::int64_t seq = 0;
  task::message_type type = task::message_type::result;
  base::sys_time folded{};
  base::sys_time first_written{};
  base::sys_time last_written{};
};

// Waits for news of one history, on one loop. Cheap while idle (tens of bytes). Made, called and destroyed on that
// loop.
class subscription {
 public:
  virtual ~subscription() = default;
};

// What a subscriber is told of: every event, or that there will be none any more. Those who wait for the latter cost
// nothing before it.
enum class waits_for { news, end };

class subscriber {
 public:
  virtual void on_news() noexcept = 0;  // once per turn, however many events came

 protected:
  ~subscriber() = default;
};

// One task's events, written by the fold on loop 0. Any thread, but for subscribe().
class history {
 public:
  struct batch {
    std::vector<task::event_ptr> events;  // after the cursor, in order, without holes
    std::int64_t kept_from = 0;           // not 0: the cursor is below what is kept, the first kept seq is this (a gap)
    bool ended = false;                   // the last of `events` (or the cursor itself) is the end
    bool lost = false;                    // the log lost this task: nothing will follow, the reader should ask anew
  };
  virtual ~history() = default;

  // Events behind `after`, at most `max_events` and about `max_bytes` (at least one, when there is one).
  virtual batch read(std::int64_t after, std::size_t max_events, std::size_t max_bytes) const = 0;
  virtual task_view view() const = 0;
  virtual std::int64_t last_seq() const = 0;  // of view(), without copying the rest
  virtual local_times times() const = 0;
  // Of the kept events behind `after`, at most `max_events`.
  virtual std::vector<event_times> times(std::int64_t after, std::size_t max_events) const = 0;
  // The events behind `after` up to `last` were written.
  virtual void written(std::int64_t after, std::int64_t last, base::sys_time at) = 0;

  // True when read(after) would have something to say: an event, a gap, the end, or that the task was lost.
  virtual bool has_news(std::int64_t after) const = 0;
  // Ended, or lost: nothing will follow.
  virtual bool is_over() const = 0;

  // On the loop (base::current_loop()) where `s` hears of news, until the subscription is destroyed there.
  virtual std::unique_ptr<subscription> subscribe(subscriber& s, waits_for what) = 0;
};

using history_ptr = std::shared_ptr<history>;

// Told by the fold, on loop 0, from inside apply(): must neither call back into the histories nor block.
class task_observer {
 public:
  virtual void on_accepted(const history_ptr& h) noexcept = 0;          // again after its partition was folded anew
  virtual void on_over(const history_ptr& h) noexcept = 0;              // ended, or lost
  virtual void on_deleted(const std::string& request_id) noexcept = 0;  // find() no longer knows it

 protected:
  ~task_observer() = default;
};

class histories {
 public:
  struct options {
    std::size_t max_bytes;
    base::milliseconds keep_for;
    std::int32_t partitions;
    std::size_t max_waiters = 1000;  // await_task()
  };

  virtual ~histories() = default;

  // Any thread.
  virtual history_ptr find(std::string_view request_id) const = 0;
  // Newest first; of one owner, or of all.
  virtual std::vector<history_ptr> recent(std::optional<std::string_view> owner, std::size_t limit,
                                          const std::function<bool(const history&)>& wanted) const = 0;
  virtual std::size_t open_tasks() const = 0;  // accepted and not ended

  // Loop 0: those of one owner.
  virtual std::size_t open_tasks_of(const std::string& owner) const = 0;

  // Loop 0: whether so many more tasks could be remembered.
  virtual bool has_room(std::size_t more) const = 0;
  // Loop 0: a task that has ended and that find() no longer knows, as long as an `accepted` of its id would be ignored;
  // nullptr: there is none. Its history has no events, and of the view no more than its id, its end and last_seq;
  // `kind` is the caller's word.
  virtual history_ptr find_ended(std::string_view request_id, std::string_view kind) const = 0;

  // On the loop (base::current_loop()) where `s` hears of it, once a history of that id exists. Bounded; nullptr when
  // there are too many waiters.
  virtual std::unique_ptr<subscription> await_task(std::string request_id, subscriber& s) = 0;

  // Loop 0: folds a batch of records of `response` (any partitions, each in order), then wakes each waiting subscriber
  // once. What cannot be decoded is counted and logged.
  virtual void apply(std::span<const base::record_ptr> records) = 0;
  // Loop 0: drops what is past keep_for at bus time `now`.
  virtual void sweep(base::sys_time now) = 0;
  // Loop 0: the time by the log, or, before begin_bus_clock(), by this machine.
  virtual base::sys_time bus_now() const = 0;
  // Loop 0: a record that was just written has this time.
  virtual void begin_bus_clock(base::sys_time logged, base::steady_time::duration on_its_way) = 0;

  // Loop 0: the position in a partition was lost and it will be read from its beginning again. Histories that come up
  // again go on where they were (same events, same bytes); finish_restart(), called once the end is reached, gives up
  // those that did not.
  virtual void restart(std::int32_t partition) = 0;
  virtual void finish_restart(std::int32_t partition) = 0;

  // Loop 0: at most one observer; nullptr: none. It outlives its registration.
  virtual void observe(task_observer* o) = 0;
};

std::unique_ptr<histories> make_histories(histories::options o, base::io_threads& loops, const base::clock& clock,
                                          base::metrics& metrics, const base::logger& log);

// Coroutine forms on the current loop. Both give the same answer as reading again and again would.
// The history, once it exists, or nullptr at `until`. Error: full (too many wait).
base::awaitable<base::result<history_ptr>> wait_for_task(histories& all, std::string request_id,
                                                         std::chrono::steady_clock::time_point until);
// True once an event behind `after` (or the end) can be read; false at `until`.
base::awaitable<bool> wait_for_news(history_ptr h, std::int64_t after, std::chrono::steady_clock::time_point until);
// True once the task has ended; false at `until`, or when the log lost it.
base::awaitable<bool> wait_for_end(history_ptr h, std::chrono::steady_clock::time_point until);

}  // namespace streamdemo::gateway
