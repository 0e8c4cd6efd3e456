#include "app/topics.hpp"

#include <set>

namespace streamdemo::app {

std::vector<bus::topic_spec> topics_of(const config::settings& settings) {
  const auto& t = settings.topics;
  const auto spec = [&](const std::string& name, bus::when_full full, std::size_t max_bytes) {
    return bus::topic_spec{.name = name,
                           .partitions = t.partitions,
                           .replication = t.replication,
                           .retention = t.retention,
                           .max_record_bytes = settings.processor.max_record_bytes,
                           .full = full,
                           .max_bytes = max_bytes};
  };
  std::set<std::string> requests{t.request};
  for (const auto& [kind, topic] : settings.tasks.request_topics) requests.insert(topic);
  std::vector<bus::topic_spec> specs;
  for (const auto& name : requests) {
    specs.push_back(spec(name, bus::when_full::refuse, settings.inprocess.request_max_bytes));
  }
  specs.push_back(spec(t.response, bus::when_full::wait, settings.inprocess.response_max_bytes));
  // when_full::wait: if nobody reads the dead letters, the oldest are dropped. If a dead letter were refused, its
  // request would block the partition forever.
  specs.push_back(spec(t.dead_letter, bus::when_full::wait, settings.inprocess.request_max_bytes));
  return specs;
}

}  // namespace streamdemo::app
