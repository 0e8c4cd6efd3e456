#include "gateway/history/memory_bound.hpp"

#include <algorithm>

namespace streamdemo::gateway {

void memory_bound::added(const kept_ptr& h, std::size_t bytes_before) {
  bytes_ += h->bytes() - bytes_before;
  const bool is_large = h->bytes() > share_ && bytes_before <= share_;
  if (is_large && std::find(large_.begin(), large_.end(), h) == large_.end()) large_.push_back(h);
  const auto seq = h->peek().last_seq;
  if (!order_.empty() && order_.back().of == h) {
    order_.back().through = seq;
  } else {
    order_.push({h, seq}, is_stale);
  }
}

void memory_bound::drop_first_of(const kept_ptr& h) {
  bytes_ -= h->drop_first();
  if (h->events() > 0 || !task::is_end(h->peek().status)) return;
  bytes_ -= h->drop_all();
  emptied_.push_back(h);
}

void memory_bound::removed(kept_history& h) {
  bytes_ -= h.drop_all();
  std::erase_if(large_, [&](const auto& l) { return l.get() == &h; });
}

bool memory_bound::is_stale(const entry& e) {
  return e.of->peek().first_kept > e.through;
}

bool memory_bound::drop_of_largest() {
  std::erase_if(large_, [&](const auto& h) { return h->bytes() <= share_; });
  const auto larger = [](const auto& a, const auto& b) { return a->bytes() < b->bytes(); };
  const auto it = std::max_element(large_.begin(), large_.end(), larger);
  if (it == large_.end()) return false;
  const auto h = *it;
  if (h->events() < 2) return false;
  drop_first_of(h);
  return true;
}

bool memory_bound::drop_oldest() {
  while (!order_.empty()) {
    const auto& front = order_.front();
    const auto& h = front.of;
    if (is_stale(front) || h->events() == 0) {
      order_.pop_front();
      continue;
    }
    drop_first_of(h);
    return true;
  }
  return false;
}

std::size_t memory_bound::enforce() {
  std::size_t dropped = 0;
  const auto room = max_bytes_ - std::min(apart_, max_bytes_ / 2);
  while (bytes_of_histories() > room && (drop_of_largest() || drop_oldest())) ++dropped;
  return dropped;
}

std::size_t memory_bound::essential(std::size_t open_tasks) const noexcept {
  return apart_ + open_tasks * kept_history::bytes_without_events();
}

void memory_bound::tidy() {
  constexpr int some = 16;
  for (int i = 0; i < some; ++i) order_.tidy(is_stale);
}

}  // namespace streamdemo::gateway
