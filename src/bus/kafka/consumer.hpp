// The Kafka member of a group.
#pragma once
#include "bus/kafka/context.hpp"

namespace streamdemo::bus::kafka {

// `c` outlives it.
std::unique_ptr<shared_consumer> join(executor ex, context& c, group_options o);

}  // namespace streamdemo::bus::kafka
