// Every task's history, folded from `response` on loop 0 and read by sessions on all loops. The only way to read a
// history is history::read(). The only way to wait is a subscription: subscribe, then read again, then wait.
//
// Memory. All kept events together (task::event::bytes(), their entries and a fixed amount per history), and what must
// be remembered of the tasks, stay below max_bytes. Over it, the largest history drops its own oldest events if it
// alone holds more than an eighth of max_bytes, so that one flood of events does not push out everybody's results;
// otherwise the oldest events of all histories are dropped first. A reader sees dropped events as a gap. A history is
// removed keep_for after its end (log time), or when it has ended and its last event was dropped. The last removed ids,
// ten thousand or as many as fit into a sixteenth of max_bytes, are still distinguished from unknown ids: find() gives
// a history without events whose first_kept is last_seq + 1. Every open task must be remembered, and every ended one
// until keep_for after its end; otherwise the same log would give another history here. When that takes half of
// max_bytes, has_room() is false, and no more tasks may be accepted.
//
// Disk. With a store, memory is a cache: an event is dropped from it only once the store has it, and readers who come
// later read it from there (history::read_from_disk). An ended task none of whose events is in memory is at rest: a
// small record, of which find() makes a history again (history_index). Events that wait to be written count against
// max_bytes; when they take a quarter of it, or nothing can be dropped, is_full() is true and no more of the log should
// be applied. Beyond max_disk_bytes the tasks that ended first are removed, then the oldest events of the largest task.
// While the store fails, everything is as without one, except that what it has is still read.
#pragma once
#include <streamdemo/base/asio.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/io_threads.hpp>
#include <streamdemo/base/log.hpp>
#include <streamdemo/base/metrics.hpp>
#include <streamdemo/task/event.hpp>
#include <streamdemo/task/fold.hpp>
#include <streamdemo/tracing/tracer.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gateway/history/queue_place.hpp"

namespace streamdemo::gateway {

class event_store;

// What its `accepted` says of a task. It never changes.
struct task_identity {
  std::string request_id;
  std::string kind;
  std::string payload_hash;
  std::string accepted_by;
  std::string owner;  // who may see it; empty: nobody but an administrator
};

// How a task is at one moment.
struct task_moment {
  task::status status = task::status::queued;
  base::sys_time accepted_at{};
  base::sys_time expiry{};
  base::sys_time ended_at{};
  // The time from which keep_for counts: ended_at, corrected if the broker's clock was wrong (partition_clock).
  base::sys_time kept_since{};
  std::int64_t last_seq = 0;
  std::int64_t first_kept = 1;     // lower ones can no longer be read
  std::int64_t results_begin = 0;  // seq of the last `started` that did not resume: only results after it count
  std::uint64_t results = 0;       // how many results count
  std::uint64_t result_bytes = 0;  // size of their JSON
  double fraction = -1;            // of the last progress event that had one; -1: none
  bool deleted = false;            // its data was deleted; only find_ended() gives such a task
  // Where it stands, once it has waited for a processor for a while; otherwise nullptr.
  std::shared_ptr<const queue_place> in_queue;
};

struct task_view : task_identity, task_moment {};

// This gateway's own times of a task, and of one of its events, for the timeline endpoint; zero: not yet, or the task
// is at rest. "Written" means handed to a socket or to the answer of a poll.
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

// A subscriber's registration with one history, on one loop. Cheap while idle. Made, called and destroyed on that loop.
class subscription {
 public:
  virtual ~subscription() = default;
};

// What a subscriber is told: that there are new events, or only that there will be no more. Subscribers to the end cost
// nothing before it comes.
enum class waits_for { news, end };

class subscriber {
 public:
  virtual void on_news() noexcept = 0;  // at most once per batch, however many events it has

 protected:
  ~subscriber() = default;
};

class disk_reading;

// One task's events, written by the fold on loop 0. Any thread, but for subscribe() and read_from_disk().
class history {
 public:
  struct batch {
    std::vector<task::event_ptr> events;  // after the cursor, in order, without holes
    base::sys_time read_at{};             // when the first of them was read in the log; unknown of what was on disk
    std::int64_t kept_from = 0;           // not 0: the cursor is below what is kept, the first kept seq is this (a gap)
    bool ended = false;                   // the last of `events` (or the cursor itself) is the end
    bool lost = false;                    // the log lost this task: nothing will follow, the reader should ask again
    bool on_disk = false;                 // the next events are on disk, and none are here: use read_from_disk()
    std::shared_ptr<const queue_place> in_queue;  // as task_moment::in_queue
  };
  virtual ~history() = default;

  // Events after `after`, at most `max_events` and about `max_bytes` of JSON (at least one event, if there is one).
  virtual batch read(std::int64_t after, std::size_t max_events, std::size_t max_bytes) const = 0;
  // For a reader whose next events are on disk. Call it on the loop where `s` is to be told; `s` outlives the result.
  virtual std::unique_ptr<disk_reading> read_from_disk(subscriber& s) = 0;
  virtual task_view view() const = 0;
  // Parts of view(), without a copy of the rest. The identity lives as long as this.
  virtual const task_identity& identity() const noexcept = 0;
  virtual task_moment moment() const = 0;
  virtual std::int64_t last_seq() const = 0;
  virtual local_times times() const = 0;
  // The times of kept events after `after`, at most `max_events`.
  virtual std::vector<event_times> times(std::int64_t after, std::size_t max_events) const = 0;
  // Notes that the events after `after` up to `last` were written at this time.
  virtual void written(std::int64_t after, std::int64_t last, base::sys_time at) = 0;

  // True if read(after) gives something new: an event, a gap, the end, or that the task was lost.
  virtual bool has_news(std::int64_t after) const = 0;
  // The task has ended or was lost: nothing will follow.
  virtual bool is_over() const = 0;

  // Call it on the loop where `s` is to be told (base::current_loop()). Ends when the subscription is destroyed, on
  // that loop. `s` outlives the subscription.
  virtual std::unique_ptr<subscription> subscribe(subscriber& s, waits_for what) = 0;
};

using history_ptr = std::shared_ptr<history>;

// Goes through the histories that are kept, the newest first, a part at a time, so that it neither holds up its thread
// nor the fold; only its beginning takes a step for each owner. Those that are kept all the while are seen once.
class history_walk {
 public:
  virtual ~history_walk() = default;
  // Looks at the next ones, at most `most`, and adds those that are wanted until `found` has `limit`. Whether there is
  // more to look at. `wanted` must not call `histories`.
  virtual bool next(std::size_t most, std::size_t limit, const std::function<bool(const task_view&)>& wanted,
                    std::vector<history_ptr>& found) = 0;
};

// One reader's way through the part of a history that is on disk. It reads ahead a little, more for a reader who takes
// it quickly. Ask history::read() first: a reader who has come to the events in memory needs this no longer, but a
// subscription to news, which this is none of. Made, called and destroyed on one loop.
class disk_reading : public subscription {
 public:
  // The events after `after`, as history::read(), from what was read of the disk. `on_disk`: it is not read yet; call
  // begin(). If the disk fails, a gap up to what memory has.
  virtual history::batch take(std::int64_t after, std::size_t max_events, std::size_t max_bytes) = 0;
  // Reads on after `after`, and then tells the subscriber. Nothing, while it reads already.
  virtual void begin(std::int64_t after) = 0;
};

// Called by the fold, on loop 0, while it applies records or ends a restart: must neither call `histories` nor block.
class task_observer {
 public:
  // Again if its partition is read anew. `offset`: of its `accepted`; nullopt if that was read before a restart.
  virtual void on_accepted(const history_ptr& h, std::optional<std::int64_t> offset) noexcept = 0;
  virtual void on_over(const history_ptr& h) noexcept = 0;              // ended, or lost
  virtual void on_deleted(const std::string& request_id) noexcept = 0;  // find() no longer knows it
  // A run of this processor is current now, or (source is empty) none any longer: it was released. `at`: the log time
  // of that; zero: it is not known. Also of tasks that on_accepted() did not name.
  virtual void on_run(const std::string& request_id, const std::string& source, base::sys_time at) noexcept = 0;
  // A processor has said what it offers (task::tells_offer()), this long ago by the log.
  virtual void on_offer(const task::message_view& m, base::milliseconds age) noexcept = 0;

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
    std::uint64_t max_disk_bytes = std::uint64_t{10} << 30;
    std::string topic;                  // whose records are applied; another name for another log
    tracing::tracer* traces = nullptr;  // for the ways of events to clients; nullptr: nothing is traced
  };

  // A record that was applied, the last of its partition.
  struct place {
    std::int64_t offset = 0;
    std::string record;  // name_of() of it
  };
  // A name that a record of another topic, or another record at the same offset, does not have.
  static std::string name_of(const base::record& r);

  virtual ~histories() = default;

  // Loop 0, before all else: prepares the store, and takes from it what was known when it was written. Errors:
  // invalid_argument, conflict (the directory cannot be used; a disk that is only full or fails is tried again later).
  virtual base::awaitable<base::result<void>> open() = 0;

  // Any thread.
  virtual history_ptr find(std::string_view request_id) const = 0;
  // Of one owner, or of all (nullopt). Ends before this does.
  virtual std::unique_ptr<history_walk> newest_first(std::optional<std::string_view> owner) const = 0;
  virtual std::size_t open_tasks() const = 0;  // accepted and not ended

  // Loop 0: the open tasks of one owner.
  virtual std::size_t open_tasks_of(const std::string& owner) const = 0;

  // Loop 0: whether there is memory to remember `more` tasks.
  virtual bool has_room(std::size_t more) const = 0;
  // Loop 0: a task that has ended and that find() may no longer know, as long as an `accepted` of its id would be
  // ignored; nullptr: there is none. Its history has no events, and its view little more than id, end and last_seq;
  // `kind` is copied from the argument.
  virtual history_ptr find_ended(std::string_view request_id, std::string_view kind) const = 0;

  // Tells `s` on the current loop (base::current_loop()) once a history of that id exists. nullptr: max_waiters are
  // waiting already.
  virtual std::unique_ptr<subscription> await_task(std::string request_id, subscriber& s) = 0;

  // Loop 0: folds a batch of records of `response` (any partitions, each in order), then wakes each waiting subscriber
  // once. A record that cannot be decoded is counted and logged.
  virtual void apply(std::span<const base::record_ptr> records) = 0;
  // Loop 0: where these tasks stand now, and wakes their readers. Each keeps its place until it has another one or no
  // longer waits; a task that does not wait gets none.
  virtual void tell_places(std::span<const queued_task> tasks) = 0;
  // Loop 0: too much waits for the disk; apply nothing before this is false again.
  virtual bool is_full() const = 0;
  // Loop 0: waits until is_full() may have changed, at most until `until`.
  virtual base::awaitable<void> wait_for_room(base::steady_time until) = 0;
  // Loop 0: removes histories that ended more than keep_for before the bus time `now`.
  virtual void sweep(base::sys_time now) = 0;
  // Loop 0: the present time by the log's clock; before begin_bus_clock(), by this machine's.
  virtual base::sys_time bus_now() const = 0;
  // Loop 0: a record written just now has the log time `logged` and took at most `on_its_way` to be written and read
  // back.
  virtual void begin_bus_clock(base::sys_time logged, base::steady_time::duration on_its_way) = 0;

  // Loop 0: the position in a partition was lost, so its records will be applied again, from the first one that is
  // needed. Histories that appear again continue where they were (same events, same bytes). finish_restart(), called
  // once the end is reached, removes those that did not.
  virtual void restart(std::int32_t partition) = 0;
  // Loop 0: how far the store knows a partition, so that only later records are to be applied; nullopt: not at all.
  virtual std::optional<place> place_of(std::int32_t partition) const = 0;
  virtual void finish_restart(std::int32_t partition) = 0;

  // Loop 0: at most one observer; nullptr: none. The observer must exist until observe(nullptr).
  virtual void observe(task_observer* o) = 0;
};

std::unique_ptr<histories> make_histories(histories::options o, base::io_threads& loops, const base::clock& clock,
                                          base::metrics& metrics, const base::logger& log,
                                          std::unique_ptr<event_store> disk);
// In memory alone.
std::unique_ptr<histories> make_histories(histories::options o, base::io_threads& loops, const base::clock& clock,
                                          base::metrics& metrics, const base::logger& log);

// The newest histories that are wanted, of one owner or of all. The loop has other turns meanwhile.
base::awaitable<std::vector<history_ptr>> recent(const histories& all, std::optional<std::string_view> owner,
                                                 std::size_t limit,
                                                 const std::function<bool(const task_view&)>& wanted);

// The same waits as coroutines, on the current loop.
// The history, once it exists, or nullptr at `until`. Error: full (too many wait).
base::awaitable<base::result<history_ptr>> wait_for_task(histories& all, std::string request_id,
                                                         std::chrono::steady_clock::time_point until);
// True once an event after `after` (or the end) can be read; false at `until`.
base::awaitable<bool> wait_for_news(history_ptr h, std::int64_t after, std::chrono::steady_clock::time_point until);
// What read() gives a reader for whom it said `on_disk`, once it is read.
base::awaitable<history::batch> read_from_disk(history_ptr h, std::int64_t after, std::size_t max_events,
                                               std::size_t max_bytes);
// True once the task has ended; false at `until`, or when the log lost it.
base::awaitable<bool> wait_for_end(history_ptr h, std::chrono::steady_clock::time_point until);

}  // namespace streamdemo::gateway
