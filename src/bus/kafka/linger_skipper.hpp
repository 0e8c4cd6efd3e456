// Makes a producer send at once what it was given, although its linger.ms says that it shall wait for more. The library
// sends without waiting only while rd_kafka_flush() runs (since its version 1.8), and that call blocks, so a thread
// makes it. Owner's executor only.
#pragma once
#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "bus/kafka/client.hpp"

namespace streamdemo::bus::kafka {

class linger_skipper {
 public:
  // `linger`: of the client, which must outlive this.
  linger_skipper(rd_kafka_t* client, base::milliseconds linger)
      : client_(client), patience_(std::max(linger, shortest_patience)) {}
  // Waits for a flush, which takes at most the linger or 10 ms.
  ~linger_skipper();
  linger_skipper(const linger_skipper&) = delete;

  // What was given to the client before this call leaves at once, unless no thread can be started: then it lingers.
  void skip();

 private:
  // After the linger records leave by themselves, but each flush wakes all of the library's threads. So a flush lasts
  // until an acknowledgement usually is there, and serves the records that are given meanwhile.
  static constexpr base::milliseconds shortest_patience{10};

  void run();

  rd_kafka_t* const client_;
  const base::milliseconds patience_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool asked_ = false;
  bool closed_ = false;
  std::thread thread_;  // since the first skip()
};

}  // namespace streamdemo::bus::kafka
