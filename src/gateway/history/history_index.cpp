#include "gateway/history/history_index.hpp"

#include <queue>

namespace streamdemo::gateway {

history_index::kept_ptr history_index::kept(std::string_view request_id) const {
  const std::shared_lock lock(mutex_);
  const auto it = ids_.find(request_id);
  return it == ids_.end() ? nullptr : it->second.at->second;
}

history_ptr history_index::find(std::string_view request_id) const {
  const std::shared_lock lock(mutex_);
  if (const auto it = ids_.find(request_id); it != ids_.end()) return it->second.at->second;
  const auto it = removed_.find(request_id);
  return it == removed_.end() ? nullptr : std::make_shared<kept_history>(it->second.view, nullptr);
}

std::vector<history_ptr> history_index::recent(std::optional<std::string_view> owner, std::size_t limit,
                                               const std::function<bool(const history&)>& wanted) const {
  // Each owner's histories are in order. Merges them: the newest of all owners comes next.
  struct reader {
    by_age::const_reverse_iterator next;
    by_age::const_reverse_iterator end;
    bool operator<(const reader& other) const { return next->first < other.next->first; }
  };
  std::vector<history_ptr> found;
  std::priority_queue<reader> readers;
  const std::shared_lock lock(mutex_);
  const auto add = [&](const by_age& ages) {
    if (!ages.empty()) readers.push({ages.rbegin(), ages.rend()});
  };
  if (!owner) {
    for (const auto& [name, ages] : owners_) add(ages);
  } else if (const auto own = owners_.find(*owner); own != owners_.end()) {
    add(own->second);
  }
  while (!readers.empty() && found.size() < limit) {
    auto r = readers.top();
    readers.pop();
    if (wanted(*r.next->second)) found.push_back(r.next->second);
    if (++r.next != r.end) readers.push(r);
  }
  return found;
}

std::vector<history_index::kept_ptr> history_index::all() const {
  std::vector<kept_ptr> found;
  const std::shared_lock lock(mutex_);
  found.reserve(ids_.size());
  for (const auto& [id, where] : ids_) found.push_back(where.at->second);
  return found;
}

std::optional<base::sys_time> history_index::oldest() const {
  std::optional<base::sys_time> first;
  const std::shared_lock lock(mutex_);
  for (const auto& [name, ages] : owners_) {
    const auto at = ages.begin()->first.first;
    if (!first || at < *first) first = at;
  }
  return first;
}

std::size_t history_index::size() const {
  const std::shared_lock lock(mutex_);
  return ids_.size();
}

void history_index::insert(const kept_ptr& h) {
  const std::unique_lock lock(mutex_);
  const auto& view = h->peek();
  if (const auto old = ids_.find(view.request_id); old != ids_.end()) erase(old);
  if (const auto r = removed_.find(view.request_id); r != removed_.end()) forget_removed(r);
  auto& ages = owners_[view.owner];
  ids_[view.request_id] = {&ages, ages.emplace(std::pair(view.accepted_at, next_serial_++), h).first};
}

void history_index::erase(places::iterator it) {
  const auto [ages, at] = it->second;
  const auto h = at->second;  // which has the key
  ids_.erase(it);
  ages->erase(at);
  if (ages->empty()) owners_.erase(h->peek().owner);
}

void history_index::remove(const kept_ptr& h) {
  auto view = h->view();
  view.first_kept = view.last_seq + 1;
  const std::unique_lock lock(mutex_);
  const auto it = ids_.find(view.request_id);
  if (it == ids_.end() || it->second.at->second != h) return;
  erase(it);
  const auto serial = next_serial_++;
  removal_order_.emplace_back(view.request_id, serial);
  if (const auto before = removed_.find(view.request_id); before != removed_.end()) forget_removed(before);
  const auto name = view.request_id;
  const auto r = removed_.emplace(name, removed_task{std::move(view), serial}).first;
  removed_bytes_ += bytes_of(r->second);
  while (removed_bytes_ > max_removed_bytes_ || removal_order_.size() > max_removed_) {
    const auto& [id, oldest] = removal_order_.front();
    // Not if the id was removed again since, under a later serial number.
    if (const auto old = removed_.find(id); old != removed_.end() && old->second.serial == oldest) forget_removed(old);
    removal_order_.pop_front();
  }
}

void history_index::forget(std::string_view request_id) {
  const std::unique_lock lock(mutex_);
  if (const auto it = ids_.find(request_id); it != ids_.end()) erase(it);
  if (const auto r = removed_.find(request_id); r != removed_.end()) forget_removed(r);
}

void history_index::forget_removed(by_id<removed_task>::iterator r) {
  removed_bytes_ -= bytes_of(r->second);
  removed_.erase(r);
}

std::size_t history_index::removed_bytes() const {
  const std::shared_lock lock(mutex_);
  return removed_bytes_;
}

// Including its entries in removed_ and removal_order_.
std::size_t history_index::bytes_of(const removed_task& r) noexcept {
  const auto& v = r.view;
  constexpr std::size_t places = sizeof(by_id<removed_task>::value_type) + sizeof(removal_order_[0]) + 96;
  return places + 3 * v.request_id.size() + v.kind.size() + v.payload_hash.size() + v.accepted_by.size() +
         v.owner.size();
}

}  // namespace streamdemo::gateway
