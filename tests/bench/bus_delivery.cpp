// The bus by itself, for comparison: plain librdkafka, one producer and one consumer in one process, nothing of the
// product. Says as one line of JSON how long a lonely record takes from produce() to poll(), and how many records a
// second are acknowledged when they are pipelined; all in-sync replicas acknowledge, as for the product.
//
//   bus_delivery BROKERS TOPIC RECORDS INTERVAL_MS PIPELINED
//
// The topic exists already.
#include <algorithm>
#include <chrono>
#include <thread>

#include "bench/plain_kafka.hpp"

using namespace bench;

namespace {

using steady = std::chrono::steady_clock;

void produce(rd_kafka_t* producer, const char* topic, const std::string& value) {
  const auto e = rd_kafka_producev(producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(0),
                                   RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK),
                                   RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()), RD_KAFKA_V_END);
  if (e != RD_KAFKA_RESP_ERR_NO_ERROR) fail(rd_kafka_err2str(e));
}

rd_kafka_t* make_consumer(const char* brokers, const char* topic) {
  auto* consumer =
      make_client(RD_KAFKA_CONSUMER, brokers,
                  {{"group.id", "bus-delivery"}, {"enable.auto.commit", "false"}, {"fetch.wait.max.ms", "50"}});
  auto* at = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(at, topic, 0)->offset = RD_KAFKA_OFFSET_END;
  rd_kafka_assign(consumer, at);
  rd_kafka_topic_partition_list_destroy(at);
  rd_kafka_poll_set_consumer(consumer);
  return consumer;
}

// True: a record came within a second.
bool receive(rd_kafka_t* consumer) {
  const auto end = steady::now() + std::chrono::seconds(1);
  while (steady::now() < end) {
    auto* m = rd_kafka_consumer_poll(consumer, 100);
    const bool good = m != nullptr && m->err == RD_KAFKA_RESP_ERR_NO_ERROR;
    if (m != nullptr) rd_kafka_message_destroy(m);
    if (good) return true;
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) fail("usage: see the head of tests/bench/bus_delivery.cpp");
  const char* brokers = argv[1];
  const char* topic = argv[2];
  const int records = std::atoi(argv[3]);
  const std::chrono::milliseconds interval(std::atoi(argv[4]));
  const int pipelined = std::atoi(argv[5]);
  const std::string value(300, 'x');

  auto* producer = make_producer(brokers, "0");
  auto* consumer = make_consumer(brokers, topic);
  // Until it reads: what is there to be made is made now.
  for (int i = 0;; ++i) {
    produce(producer, topic, value);
    if (receive(consumer)) break;
    if (i == 30) fail("nothing comes back from the topic");
  }
  while (receive(consumer)) continue;

  std::vector<double> delays;
  for (int i = 0; i < records; ++i) {
    const auto began = steady::now();
    produce(producer, topic, value);
    if (!receive(consumer)) fail("a record did not come back within a second");
    delays.push_back(std::chrono::duration<double, std::milli>(steady::now() - began).count());
    std::this_thread::sleep_for(interval);
    rd_kafka_poll(producer, 0);
  }
  std::sort(delays.begin(), delays.end());

  rd_kafka_consumer_close(consumer);
  rd_kafka_destroy(consumer);
  const auto began = steady::now();
  for (int i = 0; i < pipelined; ++i) {
    produce(producer, topic, value);
    if (i % 1000 == 0) rd_kafka_poll(producer, 0);
  }
  finish(producer);
  const double seconds = std::chrono::duration<double>(steady::now() - began).count();
  const auto at = [&](double p) {
    return delays[static_cast<std::size_t>(p * static_cast<double>(delays.size() - 1))];
  };
  std::printf("{\"delay_p50_ms\":%.3f,\"delay_p99_ms\":%.3f,\"records_per_second\":%.0f}\n", at(0.5), at(0.99),
              pipelined / seconds);
}
