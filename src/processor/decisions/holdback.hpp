// For how long nothing begins here after a run was given back because the process had no descriptor, process or memory
// left for it: a second, and longer each time until a run ends by itself. Without it, such a run would come and go as
// fast as the log can be written. Pure; used by decisions; one thread.
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

  // Needed for any hold to end.
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
