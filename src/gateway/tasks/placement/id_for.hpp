// Random ids of tasks that fall into a wanted partition. Any thread.
#pragma once
#include <cstdint>
#include <string>

namespace streamdemo::gateway {

// A random UUID (as base::random_id()) whose partition (base::partition_for()) is the wanted one. Its last four digits
// are counted up until it is, which takes as many steps as there are partitions, on average. After 16 times as many
// (once in ten million ids), or all 65,536 that there are, the id falls where it falls.
std::string id_for(std::int32_t partition, std::int32_t partitions);

}  // namespace streamdemo::gateway
