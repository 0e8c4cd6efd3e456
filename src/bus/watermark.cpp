#include "bus/watermark.hpp"

#include <algorithm>
#include <utility>

namespace streamdemo::bus {

void watermark::take(std::int64_t offset, std::size_t bytes) {
  const bool rises = offset >= value_ && (taken_.empty() || offset > taken_.back().offset);
  if (!rises) return;
  taken_.push_back({offset, bytes, false});
  bytes_ += bytes;
}

bool watermark::complete(std::int64_t offset) {
  const auto it = std::lower_bound(taken_.begin(), taken_.end(), offset,
                                   [](const entry& e, std::int64_t wanted) { return e.offset < wanted; });
  if (it == taken_.end() || it->offset != offset) return false;
  if (!std::exchange(it->completed, true)) bytes_ -= it->bytes;
  const auto before = value_;
  while (!taken_.empty() && taken_.front().completed) {
    value_ = taken_.front().offset + 1;
    taken_.pop_front();
  }
  return value_ != before;
}

}  // namespace streamdemo::bus
