// The library's queue of one partition, separated from the client's common queue. To apply backpressure, leave it
// unread: the library then stops fetching this partition. Owner's executor only.
#pragma once
#include "bus/kafka/wakeup.hpp"

namespace streamdemo::bus::kafka {

class partition_queue {
 public:
  // Construct it before the partition is assigned, or records would get into the common queue.
  partition_queue(rd_kafka_t* client, const partition_id& p, wakeup& w)
      : queue_(rd_kafka_queue_get_partition(client, p.topic.c_str(), p.partition)) {
    if (!queue_) return;
    rd_kafka_queue_forward(queue_.get(), nullptr);
    w.watch(queue_.get());
  }
  partition_queue(partition_queue&&) = default;
  partition_queue& operator=(partition_queue&&) = delete;
  ~partition_queue() {
    if (queue_) wakeup::forget(queue_.get());
  }

  // A record, or an error of the partition; null when the queue is empty.
  event_ptr poll() { return event_ptr(queue_ ? rd_kafka_queue_poll(queue_.get(), 0) : nullptr); }
  std::size_t size() const { return queue_ ? rd_kafka_queue_length(queue_.get()) : 0; }
  void empty() {
    while (poll()) continue;
  }

 private:
  queue_ptr queue_;
};

}  // namespace streamdemo::bus::kafka
