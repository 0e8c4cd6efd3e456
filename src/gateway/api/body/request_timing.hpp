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

  // "wait;dur=1.5, total;dur=2.0", in milliseconds.
  std::string field(base::steady_time now) const {
    std::string out;
    out.reserve(sizeof "wait;dur=3600000.0, total;dur=3600000.0");
    out += "wait;dur=";
    append(out, waited_);
    out += ", total;dur=";
    append(out, now - began_);
    return out;
  }

 private:
  // In whole tenths: general formatting of a double would cost a poll more than all else that it writes.
  static void append(std::string& out, base::steady_time::duration d) {
    using tenths = std::chrono::duration<std::int64_t, std::ratio<1, 10'000>>;
    const auto n = std::chrono::round<tenths>(d).count();
    const fmt::format_int whole(n / 10);
    out.append(whole.data(), whole.size());
    out += '.';
    out += static_cast<char>('0' + n % 10);
  }

  base::steady_time began_;
  base::steady_time::duration waited_{};
};

}  // namespace streamdemo::gateway
