#include "compare/buses/tried_bus.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace streamdemo::compare {

namespace {

constexpr long most_replicas = 3;

}  // namespace

tried_bus in_memory() {
  return {.id = "memory",
          .name = "in-process, in memory only",
          .settings = {"inprocess.directory="},
          .one_process = true,
          .keeps_tasks = false};
}

tried_bus with_journal() {
  // Below the server's own directory, so that one that is started again there finds it.
  return {.id = "journal",
          .name = "in-process, with its journal",
          .settings = {"inprocess.directory=journal"},
          .one_process = true,
          .keeps_tasks = true};
}

tried_bus on_kafka(const std::string& brokers) {
  const auto named = std::count(brokers.begin(), brokers.end(), ',') + 1;
  return {.id = "kafka",
          .name = "Kafka",
          .settings = {"bus=kafka", "kafka.brokers=" + brokers,
                       fmt::format("topics.replication={}", std::min<long>(named, most_replicas))},
          .one_process = false,
          .keeps_tasks = true};
}

}  // namespace streamdemo::compare
