// Topics by the cluster's administration. Every call blocks until brokers have answered: on the look-up threads only.
#pragma once
#include "bus/kafka/dependencies.hpp"

namespace streamdemo::bus::kafka {

// Creates what is missing, waits until each partition has a leader, and checks what is there; some seconds at most.
// Errors: invalid_argument (what does not fit, and what to do), unavailable.
result<void> ensure_topics(dependencies& d, const std::vector<topic_spec>& topics);

}  // namespace streamdemo::bus::kafka
