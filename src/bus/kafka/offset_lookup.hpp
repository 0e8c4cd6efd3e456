// Asks brokers for offsets: the end of a partition, or its first record at or after a time. Questions that arrive while
// a request is in progress share the next request, so a thousand questions cost one round trip, and an answer is never
// older than its question. Thread-safe.
#pragma once
#include <deque>
#include <functional>

#include "bus/kafka/dependencies.hpp"

namespace streamdemo::bus::kafka {

// Must be owned by a shared_ptr, which the request in progress shares.
class offset_lookup : public std::enable_shared_from_this<offset_lookup> {
 public:
  static constexpr std::int64_t the_end = RD_KAFKA_OFFSET_END;

  // When no record is at or after the time, the answer is the_end. Errors: unavailable, not_found.
  using answer = std::function<void(result<std::int64_t>)>;

  offset_lookup(dependencies& d, client_ptr client) : deps_(d), client_(std::move(client)) {}

  // `timestamp`: milliseconds since 1970, or the_end. `a` is called on a thread of the lookup; it must not block or
  // throw.
  void ask(partition_id p, std::int64_t timestamp, answer a);

  // No more requests are sent; waiting questions are answered with unavailable.
  void close() { closed_ = true; }

 private:
  struct question {
    partition_id partition;
    std::int64_t timestamp;
    std::vector<answer> answers;
    int tries = 0;
  };

  void serve();
  std::vector<question> next();
  void look_up(std::vector<question>& batch, int timeout_ms);
  // True: the broker that was asked is not, or not yet, the leader, and the question should be asked again. After
  // max_moves such answers this counts as an error.
  static bool has_moved(question& q, rd_kafka_resp_err_t e);
  void ask_again(question q);
  void find_leaders(const std::string& topic);

  dependencies& deps_;
  client_ptr client_;
  std::mutex mutex_;
  std::deque<question> waiting_;
  bool serving_ = false;
  std::atomic<bool> closed_{false};
};

}  // namespace streamdemo::bus::kafka
