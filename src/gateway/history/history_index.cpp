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
  removed_.erase(view.request_id);
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
  const auto name = view.request_id;
  removed_.insert_or_assign(name, removed_task{std::move(view), serial});
  if (removal_order_.size() <= max_removed_) return;
  const auto& [id, oldest] = removal_order_.front();
  // Not if it was removed once more since, under a later number.
  if (const auto r = removed_.find(id); r != removed_.end() && r->second.serial == oldest) removed_.erase(r);
  removal_order_.pop_front();
}

}  // namespace streamdemo::gateway
