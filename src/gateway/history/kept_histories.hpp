// All histories that are kept, within their bounds of memory (results.max_bytes) and disk (history.max_disk_bytes).
// With a disk it also keeps the store's notes. Without one, what is said of the disk and of notes does nothing. Loop 0,
// but for index(), whose find() and walk are for any thread.
#pragma once
#include <streamdemo/base/notifier.hpp>

#include "gateway/history/histories_metrics.hpp"
#include "gateway/history/history_disk.hpp"
#include "gateway/history/history_index.hpp"
#include "gateway/history/history_notebook.hpp"
#include "gateway/history/memory_bound.hpp"
#include "gateway/history/partition_state.hpp"

namespace streamdemo::gateway {

class kept_histories {
 public:
  using kept_ptr = std::shared_ptr<kept_history>;

  struct options {
    std::size_t max_bytes;
    std::uint64_t max_disk_bytes;
    std::string shape;  // of the store
  };
  // `disk`: nullptr: there is none. The references outlive it. `partitions`: whose folds count against max_bytes, and
  // are noted.
  kept_histories(options o, std::unique_ptr<event_store> disk, std::vector<partition_state>& partitions,
                 std::shared_ptr<wake_lists> wakes, base::io_threads& loops, base::metrics& m,
                 histories_metrics& metrics, const base::logger& log);

  const history_index& index() const noexcept { return index_; }
  // The partition was read anew, and has it still.
  void set_epoch(const kept_ptr& h, std::uint32_t epoch) { index_.set_epoch(h, epoch); }
  std::size_t bytes() const noexcept { return bound_.bytes(); }
  // What cannot be let go, with so many open tasks.
  std::size_t essential(std::size_t open_tasks) const { return bound_.essential(open_tasks); }
  bool is_full() const noexcept { return disk_ && (disk_->is_full() || (over_ && disk_->works())); }
  base::awaitable<void> wait_for_room(base::steady_time until) { co_await room_.wait_until(until); }

  // A new history. `epoch`: of its partition.
  kept_ptr open(task_view first, std::uint32_t epoch);
  void append(const kept_ptr& h, task::event_ptr e, const task::task_state& t, base::sys_time now);
  // As kept_history::trace(). Call it before append().
  void trace(const kept_ptr& h, tracing::tracer& t, std::int64_t seq, task::message_type type,
             const tracing::trace_context& parent, const base::record& r, base::sys_time at);
  // The last event was appended; keep_for counts from `since`.
  void ended(const kept_ptr& h, base::sys_time since);
  // Removes the history and its events. A reader that still holds it sees a gap.
  void give_up(const kept_ptr& h);
  void give_up_ended_before(base::sys_time at);
  // The same, and no trace of it is left.
  kept_ptr erase(const std::string& request_id);
  // Lets go what is beyond the bounds.
  void enforce();
  // Counts anew what lies beside the histories.
  void count_the_rest();
  // Every second. `oldest`: no history was accepted earlier, if there is none.
  void sweep(base::sys_time oldest);

  // The notes of the store.
  void touched(const std::string& request_id) {
    if (notebook_) notebook_->touched(request_id);
  }
  void applied(const base::record& r) {
    if (notebook_) notebook_->applied(r);
  }
  void write_notes() {
    if (notebook_) notebook_->write();
  }
  void begin_notes_anew() {
    if (notebook_) notebook_->begin_anew();
  }
  void write_all_notes() {
    if (notebook_) notebook_->write_all();
  }

  // Before all else: whether there is a store with notes, which are to be restored. Errors: invalid_argument, conflict.
  base::awaitable<base::result<bool>> open_store();
  // As history_disk, with a store.
  base::awaitable<base::result<void>> read_notes(std::string_view after, const event_store::note_reader& f) {
    return disk_->read_notes(after, f);
  }
  // A history that is noted as kept. nullptr: its task has ended, and it is at rest.
  kept_ptr restore(const task_note& n);
  void all_restored() { notebook_->is_whole(); }
  // None of what was restored counts; the store is put aside.
  base::awaitable<void> forget_restored(std::string why);

 private:
  void drop_from_memory();
  void rest();
  kept_ptr wake(task_view v, const rested_history::place& p) const;
  bool give_up_first_ended();
  void disk_moved();
  void erase_unreadable();
  void write_again();

  const options options_;
  histories_metrics& metrics_;
  std::vector<partition_state>& partitions_;
  const std::shared_ptr<wake_lists> wakes_;
  history_index index_;
  memory_bound bound_;
  base::notifier room_;
  bool over_ = false;                   // max_bytes is exceeded, and nothing may be dropped
  std::unique_ptr<history_disk> disk_;  // nullptr: there is none
  std::unique_ptr<history_notebook> notebook_;
};

}  // namespace streamdemo::gateway
