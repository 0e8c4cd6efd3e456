// One timer for many deadlines: it stands at the earliest that it was given. Firing early costs nothing but a look, so
// it is not moved when a deadline is met. Owner's executor only.
#pragma once
#include <streamdemo/base/asio.hpp>
#include <streamdemo/base/clock.hpp>

#include <optional>

namespace streamdemo::bus {

class earliest_timer {
 public:
  explicit earliest_timer(base::executor ex) : timer_(ex) {}

  // `due` is called at `when`, unless the timer stands at an earlier time already; it is an Asio wait handler, and may
  // be called although has_come() says no.
  template <class Due>
  void set(base::steady_time when, Due due) {
    if (standing_ && *standing_ <= when) return;
    standing_ = when;
    timer_.expires_at(when);
    timer_.async_wait(std::move(due));
  }
  // True: the time has come, and the timer stands at none now. A wait that was moved to an earlier time may still fire
  // for the old one.
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
