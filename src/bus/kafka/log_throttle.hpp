// Suppresses repeated messages: when a broker goes away, every client reports it many times a second. Pure: time is an
// argument. Bounded.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <functional>
#include <map>
#include <string>

namespace streamdemo::bus::kafka {

class log_throttle {
 public:
  explicit log_throttle(std::chrono::steady_clock::duration silence) : silence_(silence) {}

  // True: write this message; it was not written within the last `silence`.
  bool is_news(std::string_view what, base::steady_time now) {
    const auto it = said_.find(what);
    if (it != said_.end()) {
      if (now - it->second < silence_) return false;
      it->second = now;
      return true;
    }
    if (said_.size() >= max_remembered) std::erase_if(said_, [&](auto& s) { return now - s.second >= silence_; });
    if (said_.size() >= max_remembered) said_.clear();
    said_.emplace(what, now);
    return true;
  }

 private:
  static constexpr std::size_t max_remembered = 100;
  std::chrono::steady_clock::duration silence_;
  std::map<std::string, base::steady_time, std::less<>> said_;
};

}  // namespace streamdemo::bus::kafka
