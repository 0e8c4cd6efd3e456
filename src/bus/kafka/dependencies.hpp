// What all clients of one Kafka bus share: its options, metrics and log, the topics that are known, and threads for
// what librdkafka can only do by blocking. Thread-safe. Outlives every client.
#pragma once
#include <streamdemo/base/offload.hpp>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>

#include "bus/kafka/client.hpp"
#include "bus/kafka/client_reaper.hpp"
#include "bus/kafka/log_throttle.hpp"

namespace streamdemo::bus::kafka {

class dependencies {
 public:
  dependencies(kafka_options o, base::metrics& m, const base::logger& l)
      : options(std::move(o)), metrics(m), log(l.child("kafka")) {}
  dependencies(const dependencies&) = delete;

  // A call that ends may hand over the last share of a client, so the calls come first. Not every client ends: of
  // librdkafka 2.0.2, a producer whose topic was deleted and made anew just before waits for one of its threads for
  // ever. The process has nothing to lose with it, and goes on.
  ~dependencies() {
    lookups_.join();
    ordered_calls_.join();
    if (const auto n = reaper_->wait_for(reaper_patience); n != 0) {
      log.warning("{} of its clients did not end within {} s: left as they are", n, reaper_patience.count());
    }
  }

  const kafka_options options;
  base::metrics& metrics;
  const base::logger log;

  // A client and what its threads may still read are destroyed, elsewhere. A member of a group does not leave it by
  // this.
  void retire(rd_kafka_t* client, std::shared_ptr<void> keep = nullptr) { reaper_->destroy(client, std::move(keep)); }
  // The client may outlive the bus: with a coroutine that asked something and is never resumed.
  client_ptr own(rd_kafka_t* client) {
    return {client, [reaper = reaper_](rd_kafka_t* c) { reaper->destroy(c); }};
  }

  // Of a member of a group. librdkafka below 2.3 aborts the process when one is destroyed that has joined and has not
  // seen its first assignment (its issue 4312), and nobody can tell from outside whether one has joined. So what such a
  // member holds lives on until the process ends. One that was not drained keeps its place in the group for as long.
  client_ptr own_member(rd_kafka_t* client, std::shared_ptr<const std::atomic<bool>> was_assigned) {
    return {client, [reaper = reaper_, was_assigned = std::move(was_assigned)](rd_kafka_t* c) {
              if (*was_assigned) reaper->destroy(c);
            }};
  }

  // Look-ups that wait for brokers.
  base::blocking_pool& lookups() { return lookups_; }
  // Calls that wait only for the client's own thread, in the order in which they are handed in.
  base::blocking_pool& ordered_calls() { return ordered_calls_; }

  // A name for one more client, in metrics and in what the brokers log.
  std::string name_client(std::string_view what) { return fmt::format("{}-{}", what, ++clients_); }

  // Trouble that may mend itself: said once in ten seconds, however many clients see it.
  void warn(const std::string& what) {
    {
      const std::lock_guard lock(mutex_);
      if (!warnings_.is_news(what, std::chrono::steady_clock::now())) return;
    }
    log.warning("{}", what);
  }

  // Topics that were made or found: producers get ready for them.
  void remember(const std::string& topic, std::int32_t partitions) {
    const std::lock_guard lock(mutex_);
    topics_[topic] = partitions;
  }
  std::map<std::string, std::int32_t> topics() const {
    const std::lock_guard lock(mutex_);
    return topics_;
  }
  // A topic takes batches of at most so many bytes. Producers that are made from now on keep to the smallest.
  void limit_batches(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    max_batch_bytes_ = std::min(max_batch_bytes_, bytes);
  }
  std::size_t max_batch_bytes() const {
    const std::lock_guard lock(mutex_);
    return max_batch_bytes_;
  }
  bool was_there(const std::string& topic, std::int32_t partition) const {
    const std::lock_guard lock(mutex_);
    const auto it = topics_.find(topic);
    return it != topics_.end() && partition < it->second;
  }

 private:
  static constexpr std::chrono::seconds reaper_patience{3};

  mutable std::mutex mutex_;
  log_throttle warnings_{std::chrono::seconds(10)};
  std::map<std::string, std::int32_t> topics_;  // name to partitions
  std::size_t max_batch_bytes_ = 1'000'000;     // the library's own default
  std::atomic<unsigned> clients_{0};
  const std::shared_ptr<client_reaper> reaper_ = std::make_shared<client_reaper>();
  base::blocking_pool ordered_calls_{1};
  base::blocking_pool lookups_{2};
};

}  // namespace streamdemo::bus::kafka
