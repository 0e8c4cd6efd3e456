#include "artifacts/s3/first_sight.hpp"

namespace streamdemo::artifacts::s3 {

void first_sight::committed(std::string upload, base::sys_time now) {
  const std::lock_guard lock(mutex_);
  seen_.emplace(std::move(upload), now);
}

void first_sight::date(std::vector<input>& found, base::sys_time began, base::sys_time now) {
  const std::lock_guard lock(mutex_);
  std::map<std::string, base::sys_time> seen;
  for (auto& i : found) {
    auto upload = i.id + "/" + i.name;
    const auto before = seen_.find(upload);
    i.since = before == seen_.end() ? now : before->second;
    seen.emplace(std::move(upload), i.since);
  }
  // What was committed here meanwhile may not be in the list yet.
  for (const auto& [upload, since] : seen_) {
    if (since >= began) seen.emplace(upload, since);
  }
  seen_ = std::move(seen);
}

}  // namespace streamdemo::artifacts::s3
