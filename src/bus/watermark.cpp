#include "bus/watermark.hpp"

#include <utility>

namespace streamdemo::bus {

void watermark::take(std::int64_t offset, std::size_t bytes) {
  if (offset < end_) return;
  open_.emplace_hint(open_.end(), offset, bytes);
  end_ = offset + 1;
  bytes_ += bytes;
}

bool watermark::complete(std::int64_t offset) {
  const auto it = open_.find(offset);
  if (it == open_.end()) return false;
  bytes_ -= it->second;
  open_.erase(it);
  const auto before = std::exchange(value_, open_.empty() ? end_ : open_.begin()->first);
  return value_ != before;
}

void watermark::recount(std::int64_t offset, std::size_t bytes) {
  const auto it = open_.find(offset);
  if (it == open_.end()) return;
  bytes_ = bytes_ - it->second + bytes;
  it->second = bytes;
}

}  // namespace streamdemo::bus
