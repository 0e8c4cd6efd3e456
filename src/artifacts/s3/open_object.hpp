// An object that is being read, as it was when it was opened. It reads ahead, more with each time: a short range costs
// no long read. One reader at a time.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/base/byte_budget.hpp>

#include "artifacts/s3/client.hpp"

namespace streamdemo::artifacts::s3 {

class open_object final : public opened {
 public:
  // `room`: for what is read ahead. It outlives this.
  open_object(std::string key, std::string etag, std::uint64_t size, base::byte_budget& room)
      : key_(std::move(key)), etag_(std::move(etag)), size_(size), room_(&room) {}

  const std::string& key() const noexcept { return key_; }
  // The bytes [offset, offset + size), fewer at the end. Errors as of client::get().
  awaitable<result<std::string>> read(client& c, std::uint64_t offset, std::size_t size);

 private:
  awaitable<result<void>> fetch(client& c, std::uint64_t offset, std::size_t needed);

  const std::string key_;
  const std::string etag_;
  const std::uint64_t size_;
  base::byte_budget::share room_;
  std::string chunk_;
  std::uint64_t chunk_at_ = 0;
  std::size_t next_read_ = first_read;

  static constexpr std::size_t first_read = 64 << 10, longest_read = 1 << 20;
};

}  // namespace streamdemo::artifacts::s3
