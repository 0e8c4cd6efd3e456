#include "artifacts/s3/open_object.hpp"

#include <algorithm>

namespace streamdemo::artifacts::s3 {

awaitable<result<void>> open_object::fetch(client& c, std::uint64_t offset, std::size_t needed) {
  auto wanted = std::min<std::uint64_t>(std::max(needed, next_read_), size_ - offset);
  next_read_ = std::min(next_read_ * 2, longest_read);
  chunk_ = {};
  if (!room_.hold(wanted)) {
    room_.release();
    wanted = needed;
  }
  auto got = co_await c.get(key_, etag_, offset, wanted);
  if (!got) co_return std::move(got).error();
  chunk_ = std::move(*got);
  chunk_at_ = offset;
  co_return result<void>{};
}

awaitable<result<std::string>> open_object::read(client& c, std::uint64_t offset, std::size_t size) {
  auto left = static_cast<std::size_t>(std::min<std::uint64_t>(size, offset < size_ ? size_ - offset : 0));
  std::string bytes;
  while (left > 0) {
    if (offset < chunk_at_ || offset >= chunk_at_ + chunk_.size()) {
      if (auto fetched = co_await fetch(c, offset, left); !fetched) co_return std::move(fetched).error();
    }
    const auto at = static_cast<std::size_t>(offset - chunk_at_);
    const auto n = std::min(left, chunk_.size() - at);
    bytes.append(chunk_, at, n);
    offset += n;
    left -= n;
  }
  co_return bytes;
}

}  // namespace streamdemo::artifacts::s3
