// Makes the record for the dead-letter topic: the request unchanged, with the headers of Kafka's own dead letters
// (KIP-1191) before its headers: __dlq.errors.topic, .partition, .offset, .group, .delivery.count and .message. Pure.
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

// For a request that the bus finds too large with those headers: a dead letter without the request's key, headers and
// value. Its topic, partition and offset say where the request still is.
base::record dead_letter_without_content(const base::record& request, const dead_letter_facts& facts);

}  // namespace streamdemo::processor
