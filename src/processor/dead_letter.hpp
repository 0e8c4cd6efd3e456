// What the dead-letter topic gets of a request: the request as it came, after the headers that Kafka's own dead
// letters have (KIP-1191): __dlq.errors.topic, .partition, .offset, .group, .delivery.count and .message. Pure.
#pragma once
#include <streamdemo/base/record.hpp>

#include <string>

namespace streamdemo::processor {

struct dead_letter_facts {
  std::string topic;  // the dead-letter topic
  std::string group;
  std::int64_t deliveries = 1;
  std::string reason;
};

base::record dead_letter_of(const base::record& request, const dead_letter_facts& facts);

// For one that the bus finds too large with those headers: without key, headers and value of the request. Topic,
// partition and offset say where it still stands.
base::record dead_letter_without_content(const base::record& request, const dead_letter_facts& facts);

}  // namespace streamdemo::processor
