#include "gateway/tasks/placement/id_for.hpp"

#include <algorithm>
#include <charconv>
#include <streamdemo/base/id.hpp>
#include <streamdemo/base/partition.hpp>

namespace streamdemo::gateway {

namespace {

constexpr std::size_t last_digits = 4;
constexpr std::int64_t different_ends = 1 << (4 * last_digits);
constexpr std::int64_t tries_per_partition = 16;

void put_digits(char* at, std::uint16_t value) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = last_digits; i-- > 0; value >>= 4) at[i] = digits[value & 15];
}

}  // namespace

std::string id_for(std::int32_t partition, std::int32_t partitions) {
  auto id = base::random_id();
  char* const end = id.data() + id.size() - last_digits;
  const base::keys_of_one_head candidates(std::string_view(id.data(), end));
  std::uint16_t last = 0;
  std::from_chars(end, end + last_digits, last, 16);
  for (auto left = std::min(different_ends, tries_per_partition * partitions); left > 0; --left) {
    if (candidates.partition_for({end, last_digits}, partitions) == partition) break;
    put_digits(end, ++last);
  }
  return id;
}

}  // namespace streamdemo::gateway
