// Writes what is published to the journal, in groups: while one group of records is being synced, the next one gathers.
// Only after the sync are its records appended to their topics, shown to readers and acknowledged. Also writes how far
// groups have completed their partitions, and removes what is older than the topic's retention.
// One thread of its own does all the writing. The functions below may be called on any thread and need the core's mutex
// held, except for start() and stop().
#pragma once
#include <condition_variable>
#include <optional>
#include <set>
#include <thread>

#include "bus/inprocess/core.hpp"
#include "bus/inprocess/journal/journal_metrics.hpp"
#include "bus/inprocess/journal/store.hpp"

namespace streamdemo::bus::inprocess::journal {

struct commit_options {
  bool sync_each = true;  // false: acknowledged once written; synced every sync_interval
  base::milliseconds sync_interval{100};
  std::uint64_t max_disk_bytes = 0;
  base::milliseconds trim_interval{30000};
};

class group_commit {
 public:
  // `is_in_place`: whether the directory is still where it was opened. Called on the thread.
  group_commit(core& c, store& s, commit_options o, const base::clock& clock, base::metrics& metrics,
               const base::logger& log, std::function<bool()> is_in_place);
  ~group_commit() { stop(); }

  void start();
  // Writes what has gathered, once, and ends the thread. Idempotent.
  void stop();

  // Its room is reserved.
  void add(topic_state& t, waiting_publish p);
  // `committed` has advanced.
  void completed(group_partition& p);
  // Its group is gone.
  void forget(group_partition& p);

  void count_read(std::size_t records) { metrics_.read.Increment(double(records)); }

  // Why a publish with a deadline to such a topic is better refused at once. nullopt: it may be added.
  std::optional<error> refusal(when_full topic) const;
  // Whether even a publish that may not fail must wait for the disk.
  bool at_limit() const noexcept;

  // Gives up the publishes of `from` for which `which` returns true. What is being written may land all the same.
  void withdraw(const producer_impl& from, const std::function<bool(const waiting_publish&)>& which,
                std::vector<waiting_publish>& out);
  std::optional<steady_time> earliest_deadline(const producer_impl& from) const;

 private:
  struct entry {
    topic_state* to;
    waiting_publish what;
  };
  struct old_part {
    topic_number topic;
    std::int32_t partition;
    std::int64_t to;
  };
  using lock = std::unique_lock<std::mutex>;

  void run();
  void write_group(lock& l);
  void take_group();
  result<void> write(lock& l);
  void add_progress(changes& c);
  void land();
  // Every record that is being written, in its order.
  template <class Each>
  void visit_writing(Each each) const;
  void fail(lock& l, const error& why);
  void mended();
  void chores(lock& l);
  void trim(lock& l);
  void shrink();
  void drop_completed();
  result<void> try_again(lock& l);
  error displaced() const;
  void measure(lock& l);

  core& core_;
  store& store_;
  const commit_options options_;
  const base::clock& clock_;
  const base::logger& log_;
  const std::function<bool()> is_in_place_;
  journal_metrics metrics_;
  std::condition_variable wake_;
  // Guarded by the core's mutex:
  std::deque<entry> gathering_;  // bounded by the room of their topics
  std::vector<entry> writing_;   // its records are read without the mutex while they are written
  std::set<group_partition*> completed_;
  std::set<group_partition*> committing_;  // what is being written of them
  std::vector<commit_place> forgotten_;
  std::optional<error> broken_;  // the last write failed
  std::uint64_t disk_bytes_ = 0;
  bool shrinking_ = false;
  bool stopping_ = false;
  // The thread's own:
  steady_time next_chores_{};
  steady_time next_trim_{};
  steady_time next_sync_{};
  bool unsynced_ = false;
  std::thread thread_;
};

}  // namespace streamdemo::bus::inprocess::journal
