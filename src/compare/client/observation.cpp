#include "compare/client/observation.hpp"

#include <fmt/format.h>

namespace streamdemo::compare {

base::sys_time now() {
  return base::system_clock().now();
}

std::string task_shape::json() const {
  const auto burn = burn_ms > 0 ? fmt::format(R"(,"burn_ms":{})", burn_ms) : std::string();
  return fmt::format(R"({{"results":{},"interval_ms":{},"payload_bytes":{}{}}})", results, interval_ms, payload_bytes,
                     burn);
}

void observation::take(const std::vector<event>& events, base::sys_time now) {
  for (const auto& e : events) {
    if (e.seq <= cursor_) continue;
    cursor_ = e.seq;
    if (e.attempt > (attempts_.empty() ? 0 : attempts_.back().attempt)) attempts_.push_back({e.attempt, now});
    if (e.type == "result") {
      in_order_ = in_order_ && e.index == static_cast<std::int64_t>(results_.size());
      results_.push_back({.made = e.made, .arrived = now, .source = e.source, .attempt = e.attempt});
    } else if (e.type == "ended") {
      ended_ = true;
      finished = now;
    }
  }
}

bool observation::complete(const task_shape& shape) const {
  return ended_ && in_order_ && failure.empty() && results_.size() == static_cast<std::size_t>(shape.results);
}

}  // namespace streamdemo::compare
