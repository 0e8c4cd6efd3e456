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
  const auto kept_before = h->peek().first_kept;
  bytes_ -= h->drop_first();
  const auto& now = h->peek();
  if (now.first_kept > kept_before) ++lost_;
  if (h->events() > 0 || !task::is_end(now.status)) return;
  if (now.first_kept <= now.last_seq) {
    bytes_ -= h->rest(bytes_at_rest_);
    rested_.push_back(h);
    return;
  }
  bytes_ -= h->drop_all();
  emptied_.push_back(h);
}

void memory_bound::removed(kept_history& h) {
  bytes_ -= h.drop_all();
  std::erase_if(large_, [&](const auto& l) { return l.get() == &h; });
}

bool memory_bound::is_stale(const entry& e) {
  return e.of->in_memory_from() > e.through;
}

bool memory_bound::drop_of_largest() {
  std::erase_if(large_, [&](const auto& h) { return h->bytes() <= share_; });
  const auto larger = [](const auto& a, const auto& b) { return a->bytes() < b->bytes(); };
  const auto it = std::max_element(large_.begin(), large_.end(), larger);
  if (it == large_.end()) return false;
  const auto h = *it;
  if (h->events() < 2 || !may_drop_first_of(*h)) return false;
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
    if (!may_drop_first_of(*h)) return false;
    drop_first_of(h);
    return true;
  }
  return false;
}

bool memory_bound::may_drop_first_of(const kept_history& h) const noexcept {
  return drops_unwritten_ || h.may_drop_first();
}

std::size_t memory_bound::room() const noexcept {
  return max_bytes_ - std::min(apart_, max_bytes_ / 2) - std::min(beside_, max_bytes_ / 4);
}

std::size_t memory_bound::enforce() {
  lost_ = 0;
  while (is_over() && (drop_of_largest() || drop_oldest())) {
  }
  return lost_;
}

std::size_t memory_bound::essential(std::size_t open_tasks) const noexcept {
  return apart_ + open_tasks * kept_history::bytes_without_events();
}

void memory_bound::tidy() {
  constexpr int some = 16;
  for (int i = 0; i < some; ++i) order_.tidy(is_stale);
}

}  // namespace streamdemo::gateway
