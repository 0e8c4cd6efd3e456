#include "gateway/history/history_index.hpp"

#include "gateway/history/wake_lists.hpp"

namespace streamdemo::gateway {

history_ptr history_index::kept(std::string_view request_id) const {
  const std::shared_lock lock(mutex_);
  const auto it = ids_.find(request_id);
  return it == ids_.end() ? nullptr : it->second->second;
}

history_ptr history_index::find(std::string_view request_id) const {
  const std::shared_lock lock(mutex_);
  if (const auto it = ids_.find(request_id); it != ids_.end()) return it->second->second;
  const auto it = removed_.find(request_id);
  return it == removed_.end() ? nullptr : history_ptr(new history(it->second.view));
}

std::vector<history_ptr> history_index::recent(std::size_t limit) const {
  std::vector<history_ptr> found;
  const std::shared_lock lock(mutex_);
  found.reserve(std::min(limit, ages_.size()));
  for (auto it = ages_.rbegin(); it != ages_.rend() && found.size() < limit; ++it) found.push_back(it->second);
  return found;
}

std::vector<history_ptr> history_index::all() const {
  return recent(std::size_t(-1));
}

std::size_t history_index::size() const {
  const std::shared_lock lock(mutex_);
  return ids_.size();
}

void history_index::insert(const history_ptr& h) {
  const std::unique_lock lock(mutex_);
  const auto& view = h->view_;
  if (const auto old = ids_.find(view.request_id); old != ids_.end()) {
    ages_.erase(old->second);
    ids_.erase(old);
  }
  if (const auto r = removed_.find(view.request_id); r != removed_.end()) forget_removed(r);
  ids_[view.request_id] = ages_.emplace(std::pair(view.accepted_at, next_serial_++), h).first;
}

void history_index::remove(const history_ptr& h) {
  auto view = h->view();
  view.first_kept = view.last_seq + 1;
  const std::unique_lock lock(mutex_);
  const auto it = ids_.find(view.request_id);
  if (it == ids_.end() || it->second->second != h) return;
  ages_.erase(it->second);
  ids_.erase(it);
  const auto serial = next_serial_++;
  removal_order_.emplace_back(view.request_id, serial);
  if (const auto before = removed_.find(view.request_id); before != removed_.end()) forget_removed(before);
  const auto name = view.request_id;
  const auto r = removed_.emplace(name, removed_task{std::move(view), serial}).first;
  removed_bytes_ += bytes_of(r->second);
  while (removed_bytes_ > max_removed_bytes_ || removal_order_.size() > max_removed_) {
    const auto& [id, oldest] = removal_order_.front();
    // Not if it was removed once more since, under a later number.
    if (const auto old = removed_.find(id); old != removed_.end() && old->second.serial == oldest) forget_removed(old);
    removal_order_.pop_front();
  }
}

void history_index::forget_removed(by_id<removed_task>::iterator r) {
  removed_bytes_ -= bytes_of(r->second);
  removed_.erase(r);
}

std::size_t history_index::removed_bytes() const {
  const std::shared_lock lock(mutex_);
  return removed_bytes_;
}

// With its two places, under its id.
std::size_t history_index::bytes_of(const removed_task& r) noexcept {
  const auto& v = r.view;
  constexpr std::size_t places = sizeof(by_id<removed_task>::value_type) + sizeof(removal_order_[0]) + 96;
  return places + 3 * v.request_id.size() + v.kind.size() + v.payload_hash.size() + v.accepted_by.size();
}

}  // namespace streamdemo::gateway
