// The Kafka producer: two lanes, one wake-up, one timer.
#pragma once
#include "bus/kafka/context.hpp"

namespace streamdemo::bus::kafka {

// `c` outlives it.
std::unique_ptr<producer> make_producer(executor ex, context& c);

}  // namespace streamdemo::bus::kafka
