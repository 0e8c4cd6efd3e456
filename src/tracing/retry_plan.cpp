#include "tracing/retry_plan.hpp"

#include <algorithm>
#include <charconv>

namespace streamdemo::tracing {

namespace {

constexpr std::int64_t first_pause_ms = 1000;
constexpr std::int64_t longest_pause_ms = 30'000;

}  // namespace

verdict verdict_on(int status) noexcept {
  if (status >= 200 && status < 300) return verdict::taken;
  const bool passes = status == 0 || status == 429 || status == 502 || status == 503 || status == 504;
  return passes ? verdict::again : verdict::refused;
}

std::optional<base::milliseconds> retry_plan::pause_after(int attempt, std::string_view retry_after,
                                                          double chance) noexcept {
  if (attempt >= most_attempts) return std::nullopt;
  std::int64_t seconds = 0;
  const auto [end, ec] = std::from_chars(retry_after.data(), retry_after.data() + retry_after.size(), seconds);
  // The field may also be a date, which is treated as if it were not there.
  const bool told = ec == std::errc{} && end == retry_after.data() + retry_after.size() && seconds >= 0;
  if (told) return base::milliseconds(std::min(seconds, longest_pause_ms / 1000) * 1000);
  const auto whole = std::min(first_pause_ms << (attempt - 1), longest_pause_ms);
  // Half of it by chance, so that many processes do not come back together.
  return base::milliseconds(whole / 2 + static_cast<std::int64_t>(static_cast<double>(whole / 2) * chance));
}

}  // namespace streamdemo::tracing
