// Reads a topic's partitions from their beginnings to their present ends, as fast as it goes, and does nothing with the
// records: what reading a log costs at least. Plain librdkafka with its default settings.
//
//   drain_log BROKERS TOPIC PARTITIONS
//
// Prints one line of JSON: the records, the seconds since the program began, and the CPU seconds.
#include <sys/resource.h>

#include <chrono>

#include "bench/plain_kafka.hpp"

using namespace bench;

namespace {

double seconds(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) fail("usage: see the head of tests/bench/drain_log.cpp");
  const auto began = std::chrono::steady_clock::now();
  const int partitions = std::atoi(argv[3]);
  auto* consumer =
      make_client(RD_KAFKA_CONSUMER, argv[1],
                  {{"group.id", "drain_log"}, {"enable.auto.commit", "false"}, {"enable.partition.eof", "true"}});
  auto* all = rd_kafka_topic_partition_list_new(partitions);
  for (int p = 0; p < partitions; ++p) {
    rd_kafka_topic_partition_list_add(all, argv[2], p)->offset = RD_KAFKA_OFFSET_BEGINNING;
  }
  if (rd_kafka_assign(consumer, all) != RD_KAFKA_RESP_ERR_NO_ERROR) fail("the partitions cannot be read");
  auto* queue = rd_kafka_queue_get_consumer(consumer);
  std::vector<rd_kafka_message_t*> batch(10'000);
  std::size_t records = 0;
  for (int ended = 0; ended < partitions;) {
    const auto n = rd_kafka_consume_batch_queue(queue, 1000, batch.data(), batch.size());
    for (ssize_t i = 0; i < n; ++i) {
      auto* m = batch[static_cast<std::size_t>(i)];
      if (m->err == RD_KAFKA_RESP_ERR_NO_ERROR) ++records;
      if (m->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) ++ended;
      rd_kafka_message_destroy(m);
    }
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  std::printf("{\"records\": %zu, \"seconds\": %.3f, \"cpu\": %.3f}\n", records, took.count(),
              seconds(used.ru_utime) + seconds(used.ru_stime));
  std::fflush(stdout);
  std::_Exit(0);  // it need not end well, and that takes time
}
