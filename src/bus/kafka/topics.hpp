// Creates and checks topics through Kafka's admin interface. Blocks until brokers have answered: call it only on the
// look-up threads.
#pragma once
#include "bus/kafka/dependencies.hpp"

namespace streamdemo::bus::kafka {

// Creates missing topics, waits until each partition has a leader, and checks existing topics; takes some seconds at
// most. Errors: invalid_argument (what does not fit, and what to do), unavailable.
result<void> ensure_topics(dependencies& d, const std::vector<topic_spec>& topics);

}  // namespace streamdemo::bus::kafka
