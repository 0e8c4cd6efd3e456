// The Kafka group member, shared by the wake-ups and coroutines in flight. Owner's executor only.
#pragma once
#include <atomic>
#include <map>

#include "bus/assignment_changes.hpp"
#include "bus/intake.hpp"
#include "bus/kafka/consumer_client.hpp"
#include "bus/kafka/partition_queue.hpp"
#include "bus/puller.hpp"
#include "bus/rotation.hpp"

namespace streamdemo::bus::kafka {

class consumer_impl final : public puller<shared_item>, public std::enable_shared_from_this<consumer_impl> {
 public:
  consumer_impl(executor ex, dependencies& d, group_options o);

  // As in the contract.
  void complete(const delivery& d);
  void recount(const delivery& d, std::size_t bytes);
  holdings held() const;
  const std::optional<std::string>& obstacle() const noexcept { return obstacle_; }
  void close();
  static awaitable<drain_report> drain(std::shared_ptr<consumer_impl> self, steady_time deadline);

  // Call once, after a shared_ptr owns this.
  void join();
  // Acts as if the process had died: the group notices by the session timeout.
  void abandon();

 private:
  struct owned {
    std::uint64_t assignment;
    partition_queue queue;
    std::optional<watermark> done;  // set by the first record
    bool to_store = false;
  };

  // nullptr: that assignment is over, or has delivered nothing.
  owned* owned_at(const delivery& d);
  std::vector<shared_item> take(std::size_t max) override;
  void take_from(const partition_id& id, owned& p, std::size_t max, std::vector<shared_item>& out);
  void take_records(const partition_id& id, owned& p, rd_kafka_event_t* e, std::vector<shared_item>& out);

  void turn();
  void serve(rd_kafka_event_t* e);
  void note_obstacle(rd_kafka_event_t* e);
  void rebalance(rd_kafka_event_t* e);
  void assign(const std::vector<partition_id>& gained);
  void revoke(const std::vector<partition_id>& lost);
  // Sends the answer that the rebalance waits for, in the order of the events.
  void answer(rd_kafka_resp_err_t what, const std::vector<partition_id>& partitions);
  void store_later();
  void store();
  void begin_leaving();

  dependencies& deps_;
  const group_options options_;
  consumer_client client_;
  std::shared_ptr<std::atomic<bool>> was_assigned_ = std::make_shared<std::atomic<bool>>(false);
  std::shared_ptr<rd_kafka_queue_t> leaving_;  // the events of leaving the group; keeps the client alive
  std::map<partition_id, owned> owned_;
  assignment_changes changes_;
  intake intake_;
  rotation turn_;
  std::optional<std::string> obstacle_;
  std::uint64_t assignments_ = 0;
  bool closed_ = false;
  bool store_posted_ = false;
};

}  // namespace streamdemo::bus::kafka
