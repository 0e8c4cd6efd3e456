// One task's history as the fold writes it: a vector of shared immutable events under a mutex that is held only
// briefly. The functions of `history` are for any thread. All others are for loop 0, which is the only writer and so
// may read without the mutex.
#pragma once
#include <streamdemo/task/fold.hpp>

#include <atomic>
#include <mutex>
#include <utility>

#include "gateway/history/disk_part.hpp"
#include "gateway/history/histories.hpp"
#include "gateway/history/traced_events.hpp"
#include "gateway/history/wake_lists.hpp"

namespace streamdemo::gateway {

class disk_reads;

class kept_history final : public history, public std::enable_shared_from_this<kept_history> {
 public:
  // `wakes`: wakes its subscribers. nullptr: this only represents a removed task and will never change.
  // `disk`: who reads what is on disk for it; nullptr: nothing ever is.
  kept_history(task_view first, std::shared_ptr<wake_lists> wakes, std::shared_ptr<disk_reads> disk = nullptr);
  ~kept_history() override;

  batch read(std::int64_t after, std::size_t max_events, std::size_t max_bytes) const override;
  std::unique_ptr<disk_reading> read_from_disk(subscriber& s) override;
  // As read(), as if nothing were on disk.
  batch read_memory(std::int64_t after, std::size_t max_events, std::size_t max_bytes) const;
  // Whether the event `last` is the end.
  bool ends_at(std::int64_t last) const;
  task_view view() const override;
  const task_identity& identity() const noexcept override { return view_; }
  task_moment moment() const override;
  std::int64_t last_seq() const override;
  local_times times() const override;
  std::vector<event_times> times(std::int64_t after, std::size_t max_events) const override;
  void written(std::int64_t after, std::int64_t last, base::sys_time at) override;
  bool has_news(std::int64_t after) const override;
  bool is_over() const override;
  std::unique_ptr<subscription> subscribe(subscriber& s, waits_for what) override;

  // view() without a copy.
  const task_view& peek() const noexcept { return view_; }
  std::size_t events() const noexcept { return events_.size() - begin_; }
  // What it counts against results.max_bytes: the kept events, their entries, and fixed amounts for itself and for
  // what is traced.
  std::size_t bytes() const noexcept { return bytes_; }
  std::int64_t in_memory_from() const noexcept { return in_memory_from_; }
  // nullptr: there is no disk.
  const disk_part* disk() const noexcept { return disk_.get(); }
  std::string name_on_disk() const;
  static std::size_t bytes_without_events() noexcept;
  // At rest (history_index): it counts so much and no more, and this object may be gone as soon as nobody holds it.
  // Only if no event is in memory. Returns how many bytes that frees, or takes.
  std::size_t rest(std::size_t bytes_at_rest);
  std::size_t wake_up();
  bool is_at_rest() const noexcept { return at_rest_; }

  void append(task::event_ptr e, const task::task_state& now, base::sys_time at);
  // The next event, `seq`, comes from this record, and its way to the clients is traced.
  void trace(tracing::tracer& t, std::int64_t seq, task::message_type type, const tracing::trace_context& parent,
             const base::record& r, base::sys_time at);
  void keep_from(base::sys_time at);
  void set_fraction(double fraction);
  // Until the next event. False: it does not wait for a processor.
  bool set_place(const queue_place& p);
  void lose();
  // Drops the oldest event. Returns how many bytes that frees (0: there was none).
  std::size_t drop_first();
  // Drops all events, and counts nothing for itself from then on. Returns how many bytes that frees.
  std::size_t drop_all();

  // Its oldest event can be read from the disk once it is dropped here, or nobody wants it.
  bool may_drop_first() const noexcept { return !disk_ || disk_->may_drop(in_memory_from_); }
  // What changes on disk; only with one. Events were handed to the writer; are written; those up to `through` were
  // given up; all of them were, because there is a hole between them and those in memory.
  void queued(std::int64_t seq, std::uint64_t bytes) noexcept {
    disk_->queued = seq;
    disk_->queued_bytes += bytes;
  }
  // Of a new history, whose view says more: all its events are on disk.
  void restore_on_disk(std::int64_t from, std::uint64_t bytes);
  std::uint64_t stored(std::int64_t from, std::int64_t through, std::uint64_t bytes);
  disk_part::stretch drop_first_on_disk();
  void begin_disk_anew();
  // The events in memory that are not written.
  std::vector<task::event_ptr> unwritten() const;

  // The epoch of its partition when it was last written; a partition that is read anew gets the next epoch.
  std::uint32_t epoch() const noexcept { return epoch_; }
  void set_epoch(std::uint32_t e) noexcept { epoch_ = e; }

  // For wake_lists, which says on which loop each part is used. Its subscribers; nullptr: it never had any, as most.
  waiters_of_task* waiters() const noexcept { return waiters_.load(); }
  // Room for subscribers, from now on. Not for a removed task.
  waiters_of_task& make_waiters();
  // Whether it was noted since the last call with `false` that it has changed. Returns what it was. Loop 0.
  bool note_changed(bool yes) noexcept { return std::exchange(noted_changed_, yes); }

 private:
  // first_written, last_written: microseconds since `folded`, plus one; 0: not yet.
  struct entry {
    task::event_ptr event;
    base::sys_time folded;
    std::uint32_t first_written = 0;
    std::uint32_t last_written = 0;
  };
  static std::size_t bytes_of(const task::event& e) noexcept;
  batch read_kept(std::int64_t after, std::size_t max_events, std::size_t max_bytes, std::int64_t first_kept) const;
  void find_first_kept() noexcept;

  mutable std::mutex mutex_;
  task_view view_;  // its identity is read without the mutex
  local_times times_;
  std::vector<entry> events_;  // those before begin_ are dropped; the one at begin_ is in_memory_from_
  std::size_t begin_ = 0;
  std::int64_t in_memory_from_ = 1;
  std::unique_ptr<traced_events> traced_;  // nullptr: none is
  bool lost_ = false;
  bool noted_changed_ = false;
  bool at_rest_ = false;

  const std::shared_ptr<wake_lists> wakes_;
  std::atomic<waiters_of_task*> waiters_ = nullptr;  // owned
  const std::shared_ptr<disk_reads> reads_;
  const std::unique_ptr<disk_part> disk_;
  std::size_t bytes_;
  std::uint32_t epoch_ = 0;
};

}  // namespace streamdemo::gateway
