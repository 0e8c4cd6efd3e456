// Keeps all histories, and what must be remembered of their tasks, below a number of bytes by dropping events. Over the
// bound, the largest history gives up its own oldest event while it alone holds more than an eighth of the bound (never
// its last event); otherwise the oldest event of all histories is dropped. An ended task whose last event was dropped
// is given up itself (take_emptied()), unless all that it had is on disk: then it goes to rest (take_rested()). Used by
// the fold, on loop 0.
#pragma once
#include <utility>

#include "gateway/history/kept_history.hpp"
#include "gateway/history/tidy_queue.hpp"

namespace streamdemo::gateway {

class memory_bound {
 public:
  // `bytes_at_rest`: what a history takes that is at rest.
  explicit memory_bound(std::size_t max_bytes, std::size_t bytes_at_rest = 0)
      : max_bytes_(max_bytes), share_(max_bytes / 8), bytes_at_rest_(bytes_at_rest) {}

  using kept_ptr = std::shared_ptr<kept_history>;

  // A history that is kept from now on, without events.
  void opened(const kept_history& h) { bytes_ += h.bytes(); }
  // The same, of one at rest.
  void opened_at_rest() { bytes_ += bytes_at_rest_; }
  // One at rest is awake again, or never was.
  void woke_up(kept_history& h) { bytes_ += h.wake_up(); }
  // An event was appended to `h`, which had `bytes_before` until then.
  void added(const kept_ptr& h, std::size_t bytes_before);
  // `h` is no longer kept: everything it holds is dropped.
  void removed(kept_history& h);
  // None is kept any longer, and none had events.
  void removed_all() { bytes_ = 0; }

  // The memory beside the histories, which cannot be dropped. At most half of the bound is reserved for it, so that a
  // gateway that remembers very many tasks can still show their events.
  void set_apart(std::size_t bytes) { apart_ = bytes; }
  // The memory that serves the events on disk, of which at most a quarter of the bound is reserved.
  void set_beside(std::size_t bytes) { beside_ = bytes; }
  // Whether events that are not on disk yet, and will be, may be dropped.
  void drop_unwritten(bool yes) { drops_unwritten_ = yes; }
  // All memory that cannot be dropped, including the empty histories of that many open tasks.
  std::size_t essential(std::size_t open_tasks) const noexcept;

  // Drops events until the bound holds, or no more may be dropped. Returns how many can no longer be read, from disk
  // either.
  std::size_t enforce();
  bool is_over() const noexcept { return bytes_of_histories() > room(); }
  // The histories of ended tasks whose last event was dropped since the last call. They are no longer counted.
  std::vector<kept_ptr> take_emptied() { return std::exchange(emptied_, {}); }
  // Those whose last event was dropped and that can be read from disk. They count as being at rest.
  std::vector<kept_ptr> take_rested() { return std::exchange(rested_, {}); }

  // Removes some stale entries of the order, also if no events are added. Cheap; call it now and then.
  void tidy();

  std::size_t bytes() const noexcept { return bytes_of_histories() + apart_ + beside_; }

 private:
  // Neighbouring events of one history share an entry, so a flood costs one.
  struct entry {
    kept_ptr of;
    std::int64_t through;  // its events up to this seq
  };

  static bool is_stale(const entry& e);

  // Including their entries in order_.
  std::size_t bytes_of_histories() const noexcept { return bytes_ + order_.size() * sizeof(entry); }
  std::size_t room() const noexcept;
  bool may_drop_first_of(const kept_history& h) const noexcept;
  void drop_first_of(const kept_ptr& h);
  bool drop_of_largest();
  bool drop_oldest();

  std::size_t max_bytes_;
  std::size_t share_;
  std::size_t bytes_at_rest_;
  std::size_t bytes_ = 0;  // of the histories
  std::size_t apart_ = 0;
  std::size_t beside_ = 0;
  std::size_t lost_ = 0;  // events that enforce() has dropped and nobody can read
  bool drops_unwritten_ = false;
  tidy_queue<entry> order_;
  std::vector<kept_ptr> large_;  // those above share_, and some that no longer are
  std::vector<kept_ptr> emptied_;
  std::vector<kept_ptr> rested_;
};

}  // namespace streamdemo::gateway
