#include "gateway/tasks/task_options.hpp"

#include <random>

namespace streamdemo::gateway {

task_records::topics topics_of(const config::settings& s) {
  return {s.topics.response, s.topics.request, s.tasks.request_topics, s.topics.partitions};
}

placement::options placement_options(const config::settings& s) {
  return {.partitions = s.topics.partitions,
          .request_topic = s.topics.request,
          .kind_topics = {s.tasks.request_topics.begin(), s.tasks.request_topics.end()},
          .alive_interval = s.processor.alive_interval,
          .seed = std::random_device{}()};
}

}  // namespace streamdemo::gateway
