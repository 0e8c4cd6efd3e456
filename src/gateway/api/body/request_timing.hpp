// How long a request took here, for Server-Timing: what it waited for its task, and all. A client that sees more knows
// that the rest is the way. Belongs to one request.
#pragma once
#include <fmt/format.h>

#include <streamdemo/base/clock.hpp>
#include <string>

namespace streamdemo::gateway {

class request_timing {
 public:
  explicit request_timing(base::steady_time began) noexcept : began_(began) {}

  void waited(base::steady_time from, base::steady_time to) noexcept { waited_ += to - from; }

  std::string field(base::steady_time now) const {
    return fmt::format("wait;dur={:.1f}, total;dur={:.1f}", milliseconds(waited_), milliseconds(now - began_));
  }

 private:
  static double milliseconds(base::steady_time::duration d) {
    return std::chrono::duration<double, std::milli>(d).count();
  }

  base::steady_time began_;
  base::steady_time::duration waited_{};
};

}  // namespace streamdemo::gateway
