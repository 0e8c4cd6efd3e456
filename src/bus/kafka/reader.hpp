// The Kafka reader of named partitions.
#pragma once
#include "bus/kafka/context.hpp"
#include "bus/kafka/offset_desk.hpp"

namespace streamdemo::bus::kafka {

// `c` outlives it.
std::unique_ptr<reader> make_reader(executor ex, context& c, std::shared_ptr<offset_desk> desk);

}  // namespace streamdemo::bus::kafka
