#include "bus/watermark.hpp"

#include <algorithm>

namespace streamdemo::bus {

void watermark::take(std::int64_t offset) {
  const bool rises = offset >= value_ && (taken_.empty() || offset > taken_.back().offset);
  if (rises) taken_.push_back({offset, false});
}

bool watermark::complete(std::int64_t offset) {
  const auto it = std::lower_bound(taken_.begin(), taken_.end(), offset,
                                   [](const entry& e, std::int64_t wanted) { return e.offset < wanted; });
  if (it == taken_.end() || it->offset != offset) return false;
  it->completed = true;
  const auto before = value_;
  while (!taken_.empty() && taken_.front().completed) {
    value_ = taken_.front().offset + 1;
    taken_.pop_front();
  }
  return value_ != before;
}

}  // namespace streamdemo::bus
