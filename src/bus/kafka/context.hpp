// What all parts of one Kafka bus share: its options, and threads for what librdkafka can only do by blocking.
// Thread-safe. Outlives every part.
#pragma once
#include <streamdemo/base/offload.hpp>

#include "bus/kafka/client.hpp"

namespace streamdemo::bus::kafka {

struct context {
  context(kafka_options o, base::metrics& m, const base::logger& l)
      : options(std::move(o)), metrics(m), log(l.child("kafka")) {}

  const kafka_options options;
  base::metrics& metrics;
  const base::logger log;
  base::blocking_pool calls{2};    // look-ups: topics, offsets
  base::blocking_pool burials{1};  // destroying a client waits for its threads

  // Takes a client over; its owner uses it no more. A consumer leaves its group only by drain().
  void retire(rd_kafka_t* client) {
    burials.start([client] { rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE); });
  }
};

}  // namespace streamdemo::bus::kafka
