// The partition of a topic to which a key belongs. Pure, thread-safe.
#pragma once
#include <cstdint>
#include <string_view>

namespace streamdemo::base {

// The murmur2 hash and the modulo of Kafka's Java client (librdkafka: murmur2_random), so that every client library
// chooses the same partition for a key. 0 … partitions-1; `partitions` > 0.
std::int32_t partition_for(std::string_view key, std::int32_t partitions) noexcept;

}  // namespace streamdemo::base
