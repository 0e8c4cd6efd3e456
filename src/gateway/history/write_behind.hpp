// Writes to the store on a thread of its own, in batches, in the order in which it is asked. What is handed over
// together is written together. The outcomes come back as one call per batch, on loop 0. Everything else is for loop 0,
// too.
#pragma once
#include <streamdemo/base/io_threads.hpp>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "gateway/history/kept_history.hpp"
#include "gateway/history/store/event_store.hpp"

namespace streamdemo::gateway {

class write_behind {
 public:
  using kept_ptr = std::shared_ptr<kept_history>;

  // Events of one history in a row, or, without events, a step of another kind.
  struct item {
    kept_ptr of;
    event_store::change change;
    std::vector<event_store::note> notes;
    bool last = false;       // of what was handed over together
    std::size_t memory = 0;  // of the events
    std::uint64_t disk = 0;
  };
  struct written {
    kept_ptr of;
    std::int64_t from;
    std::int64_t through;
    std::uint64_t disk;
  };
  struct outcome {
    std::uint64_t round = 0;  // of the items
    std::vector<written> events;
    std::size_t memory = 0;  // of all that is done
    std::size_t count = 0;
    std::uint64_t disk_bytes = 0;      // of the store, now
    bool recovery = false;             // of recover()
    std::optional<base::error> error;  // nothing of it was written, nor of what was given afterwards
  };
  using listener = std::function<void(outcome)>;

  write_behind(event_store& store, base::executor loop0, listener on_outcome);
  ~write_behind() { close(); }

  void start();
  // Adds to what hand_over() gives to the thread.
  void add(const kept_ptr& of, const task::event_ptr& e);
  void erase(std::string name, std::int64_t from, std::int64_t through);
  void note(event_store::note n);
  // What waits for hand_over().
  std::size_t fresh_bytes() const noexcept { return fresh_bytes_; }
  void hand_over();

  // Erases what was accepted before `at`, some time.
  void erase_before(base::sys_time at, bool all);
  // Tries again after an error, once the erasures are made, or everything is erased.
  void recover(std::vector<event_store::change> erasures, bool everything);
  // Forgets everything that waits; what comes next has the new round.
  void give_up(std::uint64_t round);

  static std::uint64_t bytes_on_disk(const task::event& e) noexcept;
  static std::size_t memory_of(const event_store::note& n) noexcept;

  // Joins the thread once it has written what waits, unless that fails. No outcome comes any more.
  void close();

 private:
  void run();
  void write_batch(std::unique_lock<std::mutex>& lock);
  void tell(outcome o);

  event_store& store_;
  const base::executor loop0_;
  // Shared with outcomes on their way; emptied when nobody listens any more. Used on loop 0 only.
  const std::shared_ptr<listener> listener_;
  std::vector<item> fresh_;
  std::size_t fresh_bytes_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<item> items_;
  std::size_t bytes_ = 0;
  std::uint64_t round_ = 0;
  std::optional<std::pair<base::sys_time, bool>> erase_before_;
  std::optional<std::pair<std::vector<event_store::change>, bool>> recover_;
  bool closed_ = false;
  bool failed_ = false;  // the last write
  std::thread thread_;
};

}  // namespace streamdemo::gateway
