#include <streamdemo/base/partition.hpp>

namespace streamdemo::base {

namespace {

std::uint32_t byte_at(std::string_view bytes, std::size_t i) {
  return std::uint32_t(std::uint8_t(bytes[i])) << (8 * i);
}

// Assembled from bytes, because the hash is defined on little-endian words and the key may be unaligned. Written out, a
// compiler makes one load of it: each record that is read has its key hashed.
std::uint32_t load_word(std::string_view four_bytes) {
  return byte_at(four_bytes, 0) | byte_at(four_bytes, 1) | byte_at(four_bytes, 2) | byte_at(four_bytes, 3);
}

// Of the last one to three bytes.
std::uint32_t load_rest(std::string_view bytes) {
  std::uint32_t word = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) word |= byte_at(bytes, i);
  return word;
}

// MurmurHash2, 32 bits, with the seed of Kafka's Java client: a start, a step for each word, an end.
constexpr std::uint32_t m = 0x5bd1e995;

std::uint32_t begun(std::size_t key_bytes) {
  return 0x9747b28c ^ static_cast<std::uint32_t>(key_bytes);
}

std::uint32_t with_word(std::uint32_t h, std::string_view four_bytes) {
  std::uint32_t k = load_word(four_bytes) * m;
  k ^= k >> 24;
  return (h * m) ^ (k * m);
}

// Adds the whole words of `key` and cuts them off.
std::uint32_t with_words(std::uint32_t h, std::string_view& key) {
  for (; key.size() >= 4; key.remove_prefix(4)) h = with_word(h, key.substr(0, 4));
  return h;
}

std::int32_t ended(std::uint32_t h, std::int32_t partitions) {
  h ^= h >> 13;
  h *= m;
  h ^= h >> 15;
  return static_cast<std::int32_t>((h & 0x7fffffffU) % static_cast<std::uint32_t>(partitions));
}

}  // namespace

std::int32_t partition_for(std::string_view key, std::int32_t partitions) noexcept {
  auto h = with_words(begun(key.size()), key);
  if (!key.empty()) h = (h ^ load_rest(key)) * m;
  return ended(h, partitions);
}

keys_of_one_head::keys_of_one_head(std::string_view head) noexcept : hash_(with_words(begun(head.size() + 4), head)) {}

std::int32_t keys_of_one_head::partition_for(std::string_view tail, std::int32_t partitions) const noexcept {
  return ended(with_word(hash_, tail), partitions);
}

}  // namespace streamdemo::base
