#include "gateway/tasks/placement/id_for.hpp"

#include <charconv>
#include <streamdemo/base/id.hpp>
#include <streamdemo/base/partition.hpp>

namespace streamdemo::gateway {

namespace {

constexpr std::size_t last_digits = 8;
constexpr std::int64_t tries_per_partition = 16;

void count_up(std::string& id, std::uint32_t& last) {
  constexpr std::string_view digits = "0123456789abcdef";
  ++last;
  for (std::size_t i = 0; i < last_digits; ++i) id[id.size() - 1 - i] = digits[(last >> (4 * i)) & 15];
}

}  // namespace

std::string id_for(std::int32_t partition, std::int32_t partitions) {
  auto id = base::random_id();
  std::uint32_t last = 0;
  std::from_chars(id.data() + id.size() - last_digits, id.data() + id.size(), last, 16);
  for (auto left = tries_per_partition * partitions; left > 0; --left) {
    if (base::partition_for(id, partitions) == partition) break;
    count_up(id, last);
  }
  return id;
}

}  // namespace streamdemo::gateway
