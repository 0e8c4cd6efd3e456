#include "gateway/tasks/expiry_schedule.hpp"

namespace streamdemo::gateway {

void expiry_schedule::put(const history_ptr& h, base::sys_time due) {
  remove(h);
  places_[h.get()] = due_.emplace(due, h);
}

void expiry_schedule::remove(const history_ptr& h) {
  const auto it = places_.find(h.get());
  if (it == places_.end()) return;
  due_.erase(it->second);
  places_.erase(it);
}

std::vector<history_ptr> expiry_schedule::take(base::sys_time now, base::milliseconds again) {
  std::vector<history_ptr> found;
  for (auto it = due_.begin(); it != due_.end() && it->first <= now; ++it) found.push_back(it->second);
  for (const auto& h : found) put(h, now + again);
  return found;
}

}  // namespace streamdemo::gateway
