#include "gateway/access/quotas.hpp"

#include <algorithm>
#include <cmath>

namespace streamdemo::gateway {

quotas::decision quotas::submission(std::string_view owner, base::steady_time now) {
  if (owner.empty() || options_.per_second == 0) return {};
  const std::lock_guard lock(mutex_);
  if (buckets_.size() >= tidy_at_) forget_full(now);
  auto& b = buckets_.try_emplace(std::string(owner), bucket{static_cast<double>(options_.burst), now}).first->second;
  b.tokens = tokens_of(b, now);
  b.at = now;
  const bool allowed = b.tokens >= 1;
  if (allowed) b.tokens -= 1;
  const auto missing = (options_.burst - b.tokens) / options_.per_second;
  return {.allowed = allowed,
          .bounded = true,
          .left = static_cast<std::uint32_t>(b.tokens),
          .full_in = std::chrono::seconds(static_cast<std::int64_t>(std::ceil(missing)))};
}

std::size_t quotas::owners() const {
  const std::lock_guard lock(mutex_);
  return buckets_.size();
}

// A full bucket is as good as none.
void quotas::forget_full(base::steady_time now) {
  std::erase_if(buckets_, [&](const auto& b) { return tokens_of(b.second, now) >= options_.burst; });
  tidy_at_ = 2 * buckets_.size() + 1000;
}

double quotas::tokens_of(const bucket& b, base::steady_time now) const {
  const auto seconds = std::chrono::duration<double>(now - b.at).count();
  return std::min<double>(options_.burst, b.tokens + std::max(0.0, seconds) * options_.per_second);
}

}  // namespace streamdemo::gateway
