// The partition of a topic to which a key belongs. Pure, thread-safe.
#pragma once
#include <cstdint>
#include <string_view>

namespace streamdemo::base {

// The murmur2 hash and the modulo of Kafka's Java client (librdkafka: murmur2_random), so that every client library
// chooses the same partition for a key. 0 … partitions-1; `partitions` > 0.
std::int32_t partition_for(std::string_view key, std::int32_t partitions) noexcept;

// Keys that differ only in their last four bytes: what is the same in all of them is hashed once.
class keys_of_one_head {
 public:
  // `head`: all but the last four bytes; its length must be a multiple of four.
  explicit keys_of_one_head(std::string_view head) noexcept;
  // As partition_for(head + tail); `tail`: four bytes.
  std::int32_t partition_for(std::string_view tail, std::int32_t partitions) const noexcept;

 private:
  std::uint32_t hash_;
};

}  // namespace streamdemo::base
