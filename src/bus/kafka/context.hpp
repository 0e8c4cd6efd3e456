// What all parts of one Kafka bus share: its options, what they complain about, and threads for what librdkafka can
// only do by blocking. Thread-safe. Outlives every part.
#pragma once
#include <streamdemo/base/offload.hpp>

#include <atomic>
#include <mutex>
#include <set>

#include "bus/kafka/client.hpp"
#include "bus/kafka/complaints.hpp"

namespace streamdemo::bus::kafka {

class context {
 public:
  context(kafka_options o, base::metrics& m, const base::logger& l)
      : options(std::move(o)), metrics(m), log(l.child("kafka")) {}
  context(const context&) = delete;

  const kafka_options options;
  base::metrics& metrics;
  const base::logger log;

  // A client and what its threads may still read are destroyed, elsewhere. A member of a group does not leave it by
  // this.
  void retire(rd_kafka_t* client, std::shared_ptr<void> keep = nullptr) {
    burials_.start(
        [client, keep = std::move(keep)] { rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE); });
  }
  client_ptr own(rd_kafka_t* client) {
    return {client, [this](rd_kafka_t* c) { retire(c); }};
  }

  // Look-ups that wait for brokers.
  base::blocking_pool& lookups() { return lookups_; }
  // Calls that wait only for the client's own thread, in the order in which they are handed in.
  base::blocking_pool& handshakes() { return handshakes_; }

  // A name for one more client, in metrics and in what the brokers log.
  std::string name_client(std::string_view what) { return fmt::format("{}-{}", what, ++clients_); }

  // Trouble that mends itself, or not: said once in ten seconds, however many clients see it.
  void complain(const std::string& what) {
    {
      const std::lock_guard lock(mutex_);
      if (!complaints_.is_news(what, std::chrono::steady_clock::now())) return;
    }
    log.warning("{}", what);
  }

  // Topics that producers get ready for.
  void remember(const std::string& topic) {
    const std::lock_guard lock(mutex_);
    topics_.insert(topic);
  }
  std::set<std::string> topics() const {
    const std::lock_guard lock(mutex_);
    return topics_;
  }

 private:
  mutable std::mutex mutex_;
  complaints complaints_{std::chrono::seconds(10)};
  std::set<std::string> topics_;
  std::atomic<unsigned> clients_{0};
  // Joined from the last to the first: a call that ends may hand the last share of a client to the burials.
  base::blocking_pool burials_{1};
  base::blocking_pool handshakes_{1};
  base::blocking_pool lookups_{2};
};

}  // namespace streamdemo::bus::kafka
