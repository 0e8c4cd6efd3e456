#include "gateway/history/memory_bound.hpp"

#include <algorithm>

namespace streamdemo::gateway {

namespace {

// A history's own objects, its strings, and its places in the indexes.
constexpr std::size_t history_overhead = sizeof(history) + 768;

}  // namespace

// Its entry in the history, twice: a vector grows by doubling.
const std::size_t memory_bound::event_overhead = 2 * sizeof(history::entry);

void memory_bound::opened(history& h) {
  h.bytes_ = history_overhead;
  bytes_ += history_overhead;
}

void memory_bound::added(const history_ptr& h, const task::event& e) {
  const auto n = e.bytes() + event_overhead;
  const bool was_large = h->bytes_ > share_;
  h->bytes_ += n;
  bytes_ += n;
  if (!was_large && h->bytes_ > share_ && std::find(large_.begin(), large_.end(), h) == large_.end()) {
    large_.push_back(h);
  }
  if (!order_.empty() && order_.back().of == h) {
    order_.back().through = e.seq();
  } else {
    order_.push({h, e.seq()}, is_stale);
  }
}

void memory_bound::drop_first_of(const history_ptr& h) {
  auto freed = std::min(h->drop_first() + event_overhead, h->bytes_);
  if (h->events_.empty() && task::is_end(h->view_.status)) {
    freed = h->bytes_;
    emptied_.push_back(h);
  }
  h->bytes_ -= freed;
  bytes_ -= freed;
}

void memory_bound::removed(history& h) {
  h.drop_all();
  bytes_ -= h.bytes_;
  h.bytes_ = 0;
  std::erase_if(large_, [&](const auto& l) { return l.get() == &h; });
}

// What it names was dropped by the largest history itself, or with its history.
bool memory_bound::is_stale(const entry& e) {
  return e.of->view_.first_kept > e.through;
}

bool memory_bound::drop_of_largest() {
  std::erase_if(large_, [&](const auto& h) { return h->bytes_ <= share_; });
  const auto larger = [](const auto& a, const auto& b) { return a->bytes_ < b->bytes_; };
  const auto it = std::max_element(large_.begin(), large_.end(), larger);
  if (it == large_.end()) return false;
  const auto h = *it;
  if (h->events_.size() - h->begin_ < 2) return false;
  drop_first_of(h);
  return true;
}

bool memory_bound::drop_oldest() {
  while (!order_.empty()) {
    const auto& front = order_.front();
    const auto& h = front.of;
    if (is_stale(front) || h->events_.empty()) {
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
  return apart_ + open_tasks * history_overhead;
}

void memory_bound::tidy() {
  constexpr int some = 16;
  for (int i = 0; i < some; ++i) order_.tidy(is_stale);
}

}  // namespace streamdemo::gateway
