// What all clients of one Kafka bus share: its options, metrics and log, the known topics, and threads for the blocking
// calls of librdkafka. Thread-safe. Outlives every client.
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

  // Join the calls first, since one may release the last reference to a client. The reaper's wait is bounded, because
  // not every client ends: in librdkafka 2.0.2, a producer whose topic has just been deleted and recreated waits
  // forever for one of its threads. It holds nothing that is needed, so the process continues without it.
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

  // Destroys the client on another thread, and then `keep`, which its threads may still read. A group member does not
  // leave its group by this.
  void retire(rd_kafka_t* client, std::shared_ptr<void> keep = nullptr) { reaper_->destroy(client, std::move(keep)); }
  // Captures the reaper, not this: the client may outlive the bus in a coroutine that is never resumed.
  client_ptr own(rd_kafka_t* client) {
    return {client, [reaper = reaper_](rd_kafka_t* c) { reaper->destroy(c); }};
  }

  // As own(), for a group member. Before version 2.3, librdkafka aborts the process when a member is destroyed that has
  // joined but has not had its first assignment (its issue 4312), and it cannot be seen from outside whether one has
  // joined. Such a member is therefore never destroyed. If it was not drained, it stays in the group until the process
  // ends.
  client_ptr own_member(rd_kafka_t* client, std::shared_ptr<const std::atomic<bool>> was_assigned) {
    return {client, [reaper = reaper_, was_assigned = std::move(was_assigned)](rd_kafka_t* c) {
              if (*was_assigned) reaper->destroy(c);
            }};
  }

  // For look-ups, which block until brokers answer.
  base::blocking_pool& lookups() { return lookups_; }
  // For calls that block only for the client's own thread. One thread runs them in the order of their start.
  base::blocking_pool& ordered_calls() { return ordered_calls_; }

  // A unique name for a client, used in metrics and in the brokers' logs.
  std::string name_client(std::string_view what) { return fmt::format("{}-{}", what, ++clients_); }

  // Logs a problem that may go away by itself: the same text at most once in ten seconds, however many clients have it.
  void warn(const std::string& what) {
    {
      const std::lock_guard lock(mutex_);
      if (!warnings_.is_news(what, std::chrono::steady_clock::now())) return;
    }
    log.warning("{}", what);
  }

  // Remembers a topic that was created or found. Producers open all known topics when they start.
  void remember(const std::string& topic, std::int32_t partitions) {
    const std::lock_guard lock(mutex_);
    topics_[topic] = partitions;
  }
  std::map<std::string, std::int32_t> topics() const {
    const std::lock_guard lock(mutex_);
    return topics_;
  }
  // A topic accepts batches of at most this many bytes. Producers that are made from now on use the smallest such
  // limit.
  void limit_batches(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    max_batch_bytes_ = std::min(max_batch_bytes_, bytes);
  }
  std::size_t max_batch_bytes() const {
    const std::lock_guard lock(mutex_);
    return max_batch_bytes_;
  }
  // How long the brokers take to answer a small question. Producers that are made from now on go by it.
  void note_round_trip(base::microseconds t) {
    const std::lock_guard lock(mutex_);
    round_trip_ = t;
  }
  std::optional<base::microseconds> round_trip() const {
    const std::lock_guard lock(mutex_);
    return round_trip_;
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
  std::size_t max_batch_bytes_ = 1'000'000;     // librdkafka's default
  std::optional<base::microseconds> round_trip_;
  std::atomic<unsigned> clients_{0};
  const std::shared_ptr<client_reaper> reaper_ = std::make_shared<client_reaper>();
  base::blocking_pool ordered_calls_{1};
  base::blocking_pool lookups_{2};
};

}  // namespace streamdemo::bus::kafka
