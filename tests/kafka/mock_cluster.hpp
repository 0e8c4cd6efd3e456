// The brokers that librdkafka plays itself, in this process. They speak the protocol but take no administration, know
// no log times, and make every topic they are asked for.
#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <streamdemo/bus/kafka.hpp>

#include <array>
#include <mutex>
#include <set>
#include <stdexcept>

namespace streamdemo::kafka_tests {

class mock_cluster {
 public:
  mock_cluster() {
    std::array<char, 512> why{};
    auto* conf = rd_kafka_conf_new();
    rd_kafka_conf_set_log_cb(conf, nullptr);
    host_ = rd_kafka_new(RD_KAFKA_PRODUCER, conf, why.data(), why.size());
    if (host_ == nullptr) throw std::runtime_error(why.data());
    cluster_ = rd_kafka_mock_cluster_new(host_, 3);
  }
  ~mock_cluster() {
    rd_kafka_mock_cluster_destroy(cluster_);
    rd_kafka_destroy(host_);
  }
  mock_cluster(const mock_cluster&) = delete;

  rd_kafka_mock_cluster_t* get() { return cluster_; }
  std::string brokers() const { return rd_kafka_mock_cluster_bootstraps(cluster_); }

  void make(const bus::topic_spec& t) {
    const std::lock_guard lock(mutex_);
    if (known_.insert(t.name).second) {
      rd_kafka_mock_topic_create(cluster_, t.name.c_str(), t.partitions, t.replication);
    }
  }
  // Before anybody asks for it: a topic that nobody made stays unknown.
  void meet(const std::string& topic) {
    const std::lock_guard lock(mutex_);
    if (known_.insert(topic).second) {
      rd_kafka_mock_topic_set_error(cluster_, topic.c_str(), RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
    }
  }

 private:
  rd_kafka_t* host_ = nullptr;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
  std::mutex mutex_;
  std::set<std::string> known_;
};

}  // namespace streamdemo::kafka_tests
