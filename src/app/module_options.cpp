#include "app/module_options.hpp"

#include <algorithm>
#include <streamdemo/config/buses.hpp>

namespace streamdemo::app {

bus::kafka_options kafka_options(const config::settings& s) {
  return {.brokers = s.kafka.brokers,
          .properties = s.kafka.properties,
          .client_id = s.instance.name.empty() ? "streamdemo" : s.instance.name,
          // Only gateways publish with a deadline.
          .publish_timeout = s.gateway.publish_timeout,
          .max_record_bytes = s.processor.max_record_bytes};
}

bus::journal_options journal_options(const config::settings& s) {
  return {.directory = s.inprocess.directory,
          .sync_each = s.inprocess.sync == config::sync_kind::always,
          .max_disk_bytes = s.inprocess.max_disk_bytes};
}

artifacts::options artifact_options(const config::settings& s, int descriptors_below) {
  return {.directory = s.artifacts.directory,
          .keep_for = s.artifacts.keep_for,
          .max_bytes = s.artifacts.max_bytes,
          .threads = s.artifacts.threads,
          .max_input_bytes = config::max_input_bytes(s),
          .descriptors_below = descriptors_below};
}

management::options management_options(const config::settings& s, std::string token, int descriptors_below) {
  return {.listen = s.management.listen,
          .port = s.management.port,
          .allowed_hosts = s.management.allowed_hosts,
          .token = std::move(token),
          .descriptors_below = descriptors_below};
}

processor::options processor_options(const config::settings& s, std::string source) {
  processor::options o;
  o.source = std::move(source);
  o.request_topics = {s.topics.request};
  for (const auto& [kind, topic] : s.tasks.request_topics) {
    if (!s.tasks.commands.contains(kind)) continue;  // a foreign processor runs it
    const bool known = std::find(o.request_topics.begin(), o.request_topics.end(), topic) != o.request_topics.end();
    if (!known) o.request_topics.push_back(topic);
  }
  o.response_topic = s.topics.response;
  o.partitions = s.topics.partitions;
  o.dead_letter_topic = s.topics.dead_letter;
  o.group = s.topics.group;
  o.alone = !config::reaches_other_processes(s.bus);
  o.concurrency = s.processor.concurrency;
  o.alone_wait = s.processor.alone_wait;
  o.max_held_requests = s.processor.max_held_requests;
  o.max_gap = s.processor.max_gap;
  o.max_held_bytes = s.processor.max_held_bytes;
  o.max_remembered_bytes = s.processor.max_remembered_bytes;
  o.emit_bytes = s.processor.emit_bytes;
  o.max_record_bytes = s.processor.max_record_bytes;
  o.max_runs = s.processor.max_runs;
  o.alive_interval = s.processor.alive_interval;
  o.recovery_margin = s.processor.recovery_margin;
  o.keep_for = s.results.keep_for;
  return o;
}

}  // namespace streamdemo::app
