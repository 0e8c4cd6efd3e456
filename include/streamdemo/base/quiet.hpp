// Limits a log line to one per second, and counts how often it was suppressed. For warnings that foreign records can
// trigger at any rate. Pure: time is an argument. One thread.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <optional>

namespace streamdemo::base {

class quiet {
 public:
  // Calls `f`, unless it was called within the last second. Its argument is the number of calls of say() since then,
  // this one included.
  template <class F>
  void say(sys_time now, F&& f) {
    ++held_;
    // A clock that was set back must not suppress the line until it catches up.
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
