// What the histories have on disk: which events wait to be written, how much is there, and whether the disk works. On
// loop 0; reading and writing happen on other threads (disk_reads, write_behind).
//
// A write that fails, or takes longer than `patience`, makes it broken: nothing is written, and everything may be
// dropped from memory unwritten, as without a disk. After `retry` it tries again: what nobody can read any more is
// erased (on_retry), and if the disk works then, all that is in memory and not written is handed in once more
// (on_recovered). If a file there is damaged, it tries again only once nobody can read anything of what is there, and
// then begins with an empty store; a start before that puts everything aside and reads the log.
#pragma once
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/log.hpp>

#include "gateway/history/disk_reads.hpp"
#include "gateway/history/write_behind.hpp"

namespace streamdemo::gateway {

class history_disk {
 public:
  using kept_ptr = std::shared_ptr<kept_history>;
  // In sweeps, of which there is one a second: a process that was suspended meanwhile misjudges nothing.
  static constexpr int patience = 10;
  static constexpr int retry = 10;
  static constexpr int warn_again = 600;

  struct options {
    std::uint64_t max_disk_bytes;
    std::size_t max_waiting_bytes;  // in memory, to be written
    std::size_t max_loaded_bytes;   // in memory, read and not yet sent
  };
  // Called on loop 0; on_retry by sweep(), the others never from inside a call.
  struct listener {
    std::function<void()> on_progress;
    std::function<void()> on_retry;
    std::function<void()> on_recovered;
  };

  history_disk(options o, std::unique_ptr<event_store> store, base::io_threads& loops, base::metrics& m,
               const base::logger& log, listener l);
  ~history_disk();

  // Prepares the store. Whether it has what was written before, for this `shape`. Errors: invalid_argument, conflict.
  // Any other makes it broken.
  base::awaitable<base::result<bool>> open(std::string shape);
  // The same, once the store is open; and nothing that was restored counts any more. A failure makes it broken.
  base::awaitable<void> put_aside(std::string why);
  // As event_store, on another thread. What `f` refers to must stay until this has ended.
  base::awaitable<base::result<void>> read_notes(std::string_view after, const event_store::note_reader& f);

  std::shared_ptr<disk_reads> reads() const { return reads_; }

  // A new event, the last of `h`. What is added since the last hand_over() waits until then.
  void added(const kept_ptr& h, const task::event_ptr& e);
  // As an event: written together with everything since the last hand_over().
  void note(event_store::note n);
  // Memory of what waits for hand_over().
  std::size_t fresh_bytes() const noexcept { return writer_->fresh_bytes(); }
  void hand_over() { writer_->hand_over(); }
  // A history that the store had when it was opened; and one of so many bytes whose task has ended.
  void restored(const kept_ptr& h);
  void restored(std::uint64_t bytes) noexcept { bytes_on_disk_ += bytes; }
  // It is at rest: its task has ended, so it goes as a whole, and what it has on disk is not given up in parts.
  void rested(const kept_ptr& h) { std::erase(large_, h); }
  // Everything that `h` has on disk is erased; it is in no use any more.
  void removed(const kept_history& h);
  // In on_retry: erases what `h` has on disk if there is a hole between that and what it has in memory.
  void erase_unreadable(const kept_ptr& h);
  // In on_recovered: hands in what is in memory and not written.
  void add_again(const kept_ptr& h);

  // Every second. `oldest`: when the oldest history was accepted.
  void sweep(base::sys_time oldest);

  // Whether events must be written before they may be dropped.
  bool works() const noexcept { return state_ == state::works; }
  bool is_full() const noexcept { return works() && waiting_bytes_ > options_.max_waiting_bytes; }
  bool is_waiting() const noexcept { return waiting_events_ > 0; }
  // Memory beside the histories.
  std::size_t bytes() const noexcept;

  // Whether histories must go, for more to be written.
  bool is_over() const noexcept;
  // Gives up the oldest part of the largest history, and returns that; nullptr: none is large.
  kept_ptr drop_of_largest();
  // There is nothing to give up: stops writing until the next attempt.
  void break_off(std::string_view why);

 private:
  enum class state { closed, works, broken, damaged };

  void stop_writing(state to);
  // A file is damaged: stops writing until nothing there is kept any more, or the next start.
  void give_up_writing(std::string_view why);
  void tell_aside(std::string_view why);
  void take(write_behind::outcome o);
  void take_recovery(const write_behind::outcome& o);
  void count(const write_behind::outcome& o);

  const options options_;
  std::uint64_t max_bytes_;  // on disk; less than the option if the disk was full before
  const std::unique_ptr<event_store> store_;
  base::logger log_;
  listener listener_;
  std::shared_ptr<disk_reads> reads_;
  std::unique_ptr<write_behind> writer_;

  state state_ = state::closed;
  std::uint64_t round_ = 0;
  std::size_t waiting_bytes_ = 0;
  std::size_t waiting_events_ = 0;
  std::uint64_t bytes_on_disk_ = 0;
  std::vector<kept_ptr> large_;  // those with stretches, and some that no longer have any
  int idle_sweeps_ = 0;          // since the last progress or attempt
  bool recovering_ = false;
  std::vector<event_store::change> unreadable_;  // to be erased
  int sweeps_since_warning_ = warn_again;        // while it works; one that fails again and again is told of once
  bool warned_ = false;
  // Some erasures were lost: what is older than all histories is to be erased once more.
  bool has_remains_ = false;
  int sweeps_ = 0;

  base::gauge& disk_bytes_;
  base::gauge& waiting_;
  base::gauge& works_;
  base::gauge& damaged_;
  base::counter& failed_;
};

}  // namespace streamdemo::gateway
