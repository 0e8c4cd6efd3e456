// What becomes of a task that must run alone when its turn comes while others run here. It keeps everything else from
// starting until it has the process for itself, but no longer than `longest`; then it is set aside, others start as if
// it were not there, and after nine times as long it comes again. So a task that must be alone costs the others at most
// a tenth of the time until it runs. While nobody may wait, other such tasks are set aside, too. Times are counted from
// the next tick on. Pure; used by decisions; one thread.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "processor/decisions/start_line.hpp"

namespace streamdemo::processor {

class alone_turn {
 public:
  static constexpr int pauses_per_wait = 9;

  explicit alone_turn(base::milliseconds longest) : longest_(longest) {}

  // Its turn has come, and others run.
  void comes(start_line::place p);

  // Somebody waits, and nothing else may start.
  bool holds() const noexcept { return waits_.has_value(); }
  const start_line::place& waiting() const { return *waits_; }  // only if somebody waits, as take()
  // It waits no longer.
  start_line::place take() { return *std::exchange(waits_, std::nullopt); }

  // Some were set aside, and may come again.
  bool has_some_again() const noexcept { return !pausing_ && !aside_.empty(); }
  bool has_aside() const noexcept { return !aside_.empty(); }
  // Those that were set aside, the first one first.
  std::deque<start_line::place> take_aside() { return std::exchange(aside_, {}); }

  void tick(base::steady_time now);

  std::size_t size() const noexcept { return aside_.size() + (waits_ ? 1 : 0); }
  template <class Predicate>
  void erase_if(Predicate gone) {
    if (waits_ && gone(*waits_)) waits_.reset();
    std::erase_if(aside_, gone);
  }

 private:
  base::milliseconds longest_;
  std::optional<start_line::place> waits_;
  std::deque<start_line::place> aside_;
  bool pausing_ = false;
  std::optional<base::steady_time> since_;  // of the waiting, or of the pause
};

}  // namespace streamdemo::processor
