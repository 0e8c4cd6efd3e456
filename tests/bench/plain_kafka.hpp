// Plain librdkafka for the bench's own programs: nothing of the product.
#pragma once
#include <librdkafka/rdkafka.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace bench {

[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

inline rd_kafka_t* make_client(rd_kafka_type_t type, const char* brokers,
                               const std::vector<std::pair<const char*, const char*>>& settings) {
  char why[256];
  auto* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", brokers, why, sizeof why);
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf, name, value, why, sizeof why) != RD_KAFKA_CONF_OK) fail(why);
  }
  auto* client = rd_kafka_new(type, conf, why, sizeof why);
  if (client == nullptr) fail(why);
  return client;
}

// Acknowledged by all in-sync replicas, as the product's.
inline rd_kafka_t* make_producer(const char* brokers, const char* linger_ms) {
  return make_client(RD_KAFKA_PRODUCER, brokers,
                     {{"enable.idempotence", "true"},
                      {"acks", "all"},
                      {"linger.ms", linger_ms},
                      {"partitioner", "murmur2_random"},
                      {"socket.nagle.disable", "true"},
                      {"queue.buffering.max.messages", "1000000"}});
}

// Waits until all is acknowledged, and ends it.
inline void finish(rd_kafka_t* producer) {
  if (rd_kafka_flush(producer, 120000) != RD_KAFKA_RESP_ERR_NO_ERROR) fail("not all records were acknowledged");
  rd_kafka_destroy(producer);
}

}  // namespace bench
