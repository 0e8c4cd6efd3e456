// Which partition of a topic a key belongs to. Pure, thread-safe.
#pragma once
#include <cstdint>
#include <string_view>

namespace streamdemo::base {

// Java's murmur2 over the key and its "toPositive" modulo (librdkafka: murmur2_random for keys that are there), so that
// every client library picks the same partition for a key. 0 … partitions-1; `partitions` > 0.
std::int32_t partition_for(std::string_view key, std::int32_t partitions) noexcept;

}  // namespace streamdemo::base
