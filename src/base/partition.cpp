#include <streamdemo/base/partition.hpp>

namespace streamdemo::base {

namespace {

// Assembled from bytes, because the hash is defined on little-endian words and the key may be unaligned.
std::uint32_t load(std::string_view bytes) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) word |= std::uint32_t(std::uint8_t(bytes[i])) << (8 * i);
  return word;
}

// MurmurHash2, 32 bits, with the seed of Kafka's Java client.
std::uint32_t murmur2(std::string_view key) {
  constexpr std::uint32_t m = 0x5bd1e995;
  std::uint32_t h = 0x9747b28c ^ static_cast<std::uint32_t>(key.size());
  for (; key.size() >= 4; key.remove_prefix(4)) {
    std::uint32_t k = load(key.substr(0, 4)) * m;
    k ^= k >> 24;
    h = (h * m) ^ (k * m);
  }
  if (!key.empty()) h = (h ^ load(key)) * m;
  h ^= h >> 13;
  h *= m;
  return h ^ (h >> 15);
}

}  // namespace

std::int32_t partition_for(std::string_view key, std::int32_t partitions) noexcept {
  return static_cast<std::int32_t>((murmur2(key) & 0x7fffffffU) % static_cast<std::uint32_t>(partitions));
}

}  // namespace streamdemo::base
