#include "gateway/access/upload_shares.hpp"

#include <initializer_list>
#include <utility>

namespace streamdemo::gateway {

void upload_shares::begin_count() {
  const std::lock_guard lock(mutex_);
  for (const auto& [owner, bytes] : std::exchange(came_in_, {})) before_[owner] += bytes;
}

void upload_shares::end_count(bytes_by_owner stored) {
  const std::lock_guard lock(mutex_);
  before_.clear();
  stored_ = std::move(stored);
}

bool upload_shares::take(const std::string& owner, std::uint64_t bytes) {
  if (!is_counted(owner)) return true;
  const std::lock_guard lock(mutex_);
  std::uint64_t has = 0;
  for (const auto* some : {&under_way_, &came_in_, &before_, &stored_}) {
    if (const auto it = some->find(owner); it != some->end()) has += it->second;
  }
  if (bytes > each_ || has > each_ - bytes) return false;
  if (bytes != 0) under_way_[owner] += bytes;
  return true;
}

void upload_shares::done(const std::string& owner, std::uint64_t bytes) noexcept {
  if (!is_counted(owner) || bytes == 0) return;
  const std::lock_guard lock(mutex_);
  const auto it = under_way_.find(owner);
  it->second -= bytes;
  if (it->second == 0) under_way_.erase(it);
  came_in_[owner] += bytes;
}

}  // namespace streamdemo::gateway
