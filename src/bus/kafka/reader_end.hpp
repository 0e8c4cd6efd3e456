// What wake-ups and coroutines of a reader hold on to. Owner's executor only.
//
// A followed partition goes through: asking for the end that exists now, asking for the start when that is a time,
// giving the partition to the library, reading. Each follow() has a number; what comes back for an earlier one is
// ignored. A partition that the library has is taken away from it, and its queue emptied, before it is given again, so
// that nothing of the earlier position is mistaken for the new one.
#pragma once
#include <deque>
#include <map>

#include "bus/kafka/housekeeper.hpp"
#include "bus/kafka/mailbox.hpp"
#include "bus/kafka/offset_desk.hpp"
#include "bus/kafka/partition_queue.hpp"
#include "bus/kafka/puller.hpp"
#include "bus/kafka/refill.hpp"

namespace streamdemo::bus::kafka {

class reader_end final : public puller<read_item>, public std::enable_shared_from_this<reader_end> {
 public:
  reader_end(executor ex, context& c, std::shared_ptr<offset_desk> desk);

  void start();
  void follow(partition_id p, read_start from);
  void unfollow(const partition_id& p);
  void close();
  void abandon();

 private:
  struct cursor {
    std::uint64_t number;
    read_start from;
    std::int64_t end = 0;   // when it was followed
    std::int64_t next = 0;  // offset
    bool placed = false;    // `next` is where it begins
    bool caught_up = false;
    std::optional<partition_queue> queue;  // while the library reads it
    refill more;
  };
  // Asked back from the library, which has not let go yet.
  struct farewell {
    std::size_t times = 0;
    std::vector<partition_queue> queues;
  };
  using step = void (reader_end::*)(const partition_id&, result<std::int64_t>);

  std::vector<read_item> take(std::size_t max) override;
  // Why the position is gone; nothing: it is not.
  std::optional<std::string> take_from(const partition_id& id, cursor& c, std::size_t max, std::vector<read_item>& out);
  std::optional<std::string> judge(const partition_id& id, cursor& c, rd_kafka_event_t* e);
  bool log_has_more(const partition_id& id, const cursor& c) const;
  void remind_in_time();
  void remind();

  cursor* current(const partition_id& p, std::uint64_t number);
  void ask(const partition_id& p, std::int64_t timestamp, step then);
  void answered(const partition_id& p, std::uint64_t number, step then, result<std::int64_t> offset);
  void ask_end(const partition_id& p);
  void end_known(const partition_id& p, result<std::int64_t> end);
  void start_known(const partition_id& p, result<std::int64_t> start);
  void give(const partition_id& p);
  void refused(const partition_id& p, std::uint64_t number, const std::string& why);
  void take_back(const partition_id& p, partition_queue q);
  void let_go(const partition_id& p);
  void retry_later(const partition_id& p);
  void retry();
  void lose(const partition_id& p, std::string why);
  void turn();

  context& context_;
  housekeeper housekeeper_;
  std::shared_ptr<offset_desk> desk_;
  std::shared_ptr<wakeup> wakeup_;
  std::shared_ptr<mailbox> mailbox_;
  client_ptr client_;
  queue_ptr events_;
  std::map<partition_id, cursor> cursors_;
  std::map<partition_id, farewell> leaving_;
  std::map<partition_id, std::uint64_t> retries_;
  std::deque<position_lost> lost_;
  base::timer retry_timer_;
  base::timer reminder_;
  bool reminder_set_ = false;
  std::uint64_t numbers_ = 0;
  std::size_t first_ = 0;  // of cursors_, where the next take begins: no partition waits for another
  bool closed_ = false;
};

}  // namespace streamdemo::bus::kafka
