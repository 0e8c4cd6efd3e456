// What wake-ups and coroutines of a group's member hold on to. Owner's executor only.
#pragma once
#include <atomic>
#include <deque>
#include <map>
#include <set>

#include "bus/kafka/housekeeper.hpp"
#include "bus/kafka/mailbox.hpp"
#include "bus/kafka/partition_queue.hpp"
#include "bus/kafka/puller.hpp"
#include "bus/watermark.hpp"

namespace streamdemo::bus::kafka {

class consumer_end final : public puller<shared_item>, public std::enable_shared_from_this<consumer_end> {
 public:
  consumer_end(executor ex, context& c, group_options o);

  void start();
  void complete(const delivery& d);
  std::size_t held_bytes() const;
  const std::optional<std::string>& obstacle() const noexcept { return obstacle_; }
  void close();
  static awaitable<drain_report> drain(std::shared_ptr<consumer_end> self, steady_time deadline);
  // As if its process had died: the group learns of it by its silence.
  void abandon();

 private:
  struct owned {
    std::uint64_t assignment;
    partition_queue queue;
    std::optional<watermark> done;  // from the first record on
    bool to_store = false;
  };

  std::vector<shared_item> take(std::size_t max) override;
  void take_from(const partition_id& id, owned& p, std::size_t max, std::vector<shared_item>& out);

  void turn();
  bool serve(rd_kafka_queue_t* q);
  void serve(rd_kafka_event_t* e);
  void note_obstacle(rd_kafka_event_t* e);
  void rebalance(rd_kafka_event_t* e);
  void assign(const std::vector<partition_id>& gained);
  void revoke(const std::vector<partition_id>& lost);
  // The answer that the group waits for, given in the order of the events.
  void answer(rd_kafka_resp_err_t what, const std::vector<partition_id>& partitions);
  void store_later();
  void store();
  void begin_leaving();

  context& context_;
  const group_options options_;
  housekeeper housekeeper_;
  std::shared_ptr<wakeup> wakeup_;
  std::shared_ptr<mailbox> mailbox_;
  std::shared_ptr<std::atomic<bool>> was_assigned_ = std::make_shared<std::atomic<bool>>(false);
  client_ptr client_;
  queue_ptr events_;                           // of the client
  std::shared_ptr<rd_kafka_queue_t> leaving_;  // of the client while it leaves; keeps that
  std::map<partition_id, owned> owned_;
  std::deque<shared_item> changes_;  // not yet seen; at most one revoked and one assigned of each partition
  std::optional<std::string> obstacle_;
  std::uint64_t assignments_ = 0;
  std::size_t held_ = 0;    // during a take: bytes of un-completed records
  bool held_back_ = false;  // the last take left records for the sake of max_bytes
  std::size_t first_ = 0;   // of owned_, where the next take begins: no partition waits for another
  bool closed_ = false;
  bool store_posted_ = false;
};

}  // namespace streamdemo::bus::kafka
