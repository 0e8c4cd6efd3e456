// How long nothing begins here after a run was given back because the process had no descriptor, process or memory left
// for it: one second, and twice as long each time, up to 30 seconds, until a run ends by itself. Otherwise such a run
// would be started and given back as fast as the log can be written. Pure; used by decisions; one thread.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <algorithm>
#include <optional>

namespace streamdemo::processor {

class holdback {
 public:
  bool holds() const noexcept { return asked_ || until_; }

  void given_back() noexcept { asked_ = true; }
  void ended() noexcept { pause_ = shortest; }

  // Only this ends a pause.
  void tick(base::steady_time now) noexcept {
    if (until_ && now >= *until_) until_.reset();
    if (!asked_) return;
    asked_ = false;
    until_ = now + pause_;
    pause_ = std::min(2 * pause_, longest);
  }

 private:
  static constexpr std::chrono::seconds shortest{1};
  static constexpr std::chrono::seconds longest{30};

  bool asked_ = false;
  std::optional<base::steady_time> until_;
  std::chrono::seconds pause_ = shortest;
};

}  // namespace streamdemo::processor
