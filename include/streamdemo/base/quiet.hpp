// Says a thing at most once a second, and how often it was held back: for a complaint that a stranger's records can
// cause as often as they like. Pure: time is an argument. One thread.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <optional>

namespace streamdemo::base {

class quiet {
 public:
  // Calls `f` with how often it came since it was last said, this time included; or not at all.
  template <class F>
  void say(sys_time now, F&& f) {
    ++held_;
    // A clock that was set back must not silence it for long.
    if (last_ && now >= *last_ && now - *last_ < std::chrono::seconds(1)) return;
    last_ = now;
    f(held_);
    held_ = 0;
  }

 private:
  std::optional<sys_time> last_;
  std::size_t held_ = 0;
};

}  // namespace streamdemo::base
