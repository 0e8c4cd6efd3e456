// One timer for many deadlines, set to the earliest. It is not moved when that deadline is no longer needed: firing too
// early only costs one check. Owner's executor only.
#pragma once
#include <streamdemo/base/asio.hpp>
#include <streamdemo/base/clock.hpp>

#include <optional>

namespace streamdemo::bus {

class earliest_timer {
 public:
  explicit earliest_timer(base::executor ex) : timer_(ex) {}

  // Calls `due`, an Asio wait handler, at `when`, unless the timer is set to an earlier time already. `due` must call
  // has_come(), because it may also be called too early.
  template <class Due>
  void set(base::steady_time when, Due due) {
    if (standing_ && *standing_ <= when) return;
    standing_ = when;
    timer_.expires_at(when);
    timer_.async_wait(std::move(due));
  }
  // True: the time has come; the timer is not set any more. False happens when the timer was moved while the handler of
  // the former wait was already queued.
  bool has_come(base::steady_time now) {
    if (!standing_ || *standing_ > now) return false;
    standing_.reset();
    return true;
  }
  void cancel() {
    if (!standing_) return;
    standing_.reset();
    timer_.cancel();
  }

 private:
  base::timer timer_;
  std::optional<base::steady_time> standing_;
};

}  // namespace streamdemo::bus
