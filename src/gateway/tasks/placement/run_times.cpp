#include "gateway/tasks/placement/run_times.hpp"

#include <algorithm>

namespace streamdemo::gateway {

void run_times::took(std::string_view kind, base::microseconds time) {
  auto it = average_.find(kind);
  if (it == average_.end()) {
    if (average_.size() >= max_kinds) return;
    it = average_.try_emplace(std::string(kind)).first;
  }
  it->second.add(static_cast<double>(std::max<std::int64_t>(0, time.count())));
}

std::optional<base::microseconds> run_times::of(std::string_view kind) const {
  const auto it = average_.find(kind);
  if (it == average_.end()) return std::nullopt;
  return base::microseconds(static_cast<std::int64_t>(it->second.get().value_or(0)));
}

run_forecast::run_forecast(std::int64_t free, std::vector<base::microseconds> running, base::microseconds average)
    : free_(free), left_(std::move(running)), average_(average) {
  for (auto& t : left_) t = std::chrono::abs(average - t);
  std::sort(left_.begin(), left_.end());
}

std::optional<base::microseconds> run_forecast::wait(std::uint32_t ahead) const {
  if (std::int64_t{ahead} < free_) return base::microseconds(0);
  if (left_.empty()) return std::nullopt;
  const auto nth = static_cast<std::size_t>(std::int64_t{ahead} - free_);
  return left_[nth % left_.size()] + static_cast<std::int64_t>(nth / left_.size()) * average_;
}

}  // namespace streamdemo::gateway
