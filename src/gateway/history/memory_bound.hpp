// Keeps all histories together below a number of bytes by dropping events. Over the bound, the largest history gives up
// its own oldest event while it alone holds more than an eighth of the bound (never its last event); otherwise the
// oldest event of all goes. Used by the fold, on loop 0.
#pragma once
#include <deque>

#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

class memory_bound {
 public:
  explicit memory_bound(std::size_t max_bytes) : max_bytes_(max_bytes), share_(max_bytes / 8) {}

  // A history that is kept from now on.
  void opened(history& h);
  // `e` was appended to `h`.
  void added(const history_ptr& h, const task::event& e);
  // `h` is no longer kept: everything it holds is dropped.
  void removed(history& h);

  // Drops until the bound holds; how many events went.
  std::size_t enforce();

  // Lets go of what `removed` left behind. Cheap; now and then.
  void tidy();

  std::size_t bytes() const noexcept { return bytes_; }

 private:
  // Neighbouring events of one history share an entry, so a flood costs one.
  struct entry {
    history_ptr of;
    std::int64_t through;  // its events up to this seq
  };

  void release(history& h, std::size_t bytes);
  bool drop_of_largest();
  bool drop_oldest();

  std::size_t max_bytes_;
  std::size_t share_;
  std::size_t bytes_ = 0;
  std::deque<entry> order_;
  std::size_t stale_ = 0;           // entries of removed histories in order_, at most
  std::vector<history_ptr> large_;  // those above share_, and some that were
};

}  // namespace streamdemo::gateway
