// The topics that a gateway needs, on an in-process bus of a test.
#pragma once
#include <streamdemo/bus/bus.hpp>
#include <streamdemo/config/settings.hpp>

namespace streamdemo::gateway::testing {

inline std::vector<bus::topic_spec> topics_for(const config::settings& s) {
  std::vector<bus::topic_spec> specs;
  const auto add = [&](const std::string& name, bus::when_full full, std::size_t max_bytes) {
    specs.push_back({.name = name, .partitions = s.topics.partitions, .full = full, .max_bytes = max_bytes});
  };
  add(s.topics.request, bus::when_full::refuse, s.inprocess.request_max_bytes);
  for (const auto& [kind, topic] : s.tasks.request_topics)
    add(topic, bus::when_full::refuse, s.inprocess.request_max_bytes);
  add(s.topics.response, bus::when_full::wait, s.inprocess.response_max_bytes);
  return specs;
}

}  // namespace streamdemo::gateway::testing
