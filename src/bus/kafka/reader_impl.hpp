// The Kafka reader of named partitions, shared by the wake-ups and coroutines in flight. Owner's executor only.
//
// The steps of a followed partition: ask for the present end of the log; if the start is a time, ask for its offset;
// assign the partition to the library; read. Each follow() has a number, and answers to an earlier one are ignored. A
// partition that is already assigned is first unassigned and its queue emptied, so that no record of the former
// position is taken for one of the new position.
#pragma once
#include <deque>
#include <map>

#include "bus/kafka/consumer_client.hpp"
#include "bus/kafka/fetch_nudge.hpp"
#include "bus/kafka/offset_lookup.hpp"
#include "bus/kafka/partition_queue.hpp"
#include "bus/puller.hpp"
#include "bus/rotation.hpp"

namespace streamdemo::bus::kafka {

class reader_impl final : public puller<read_item>, public std::enable_shared_from_this<reader_impl> {
 public:
  reader_impl(executor ex, dependencies& d, std::shared_ptr<offset_lookup> lookup, reader_options o);

  // As in the contract.
  void follow(partition_id p, read_start from);
  void unfollow(const partition_id& p);
  void close();

  // Call once, after a shared_ptr owns this.
  void start();
  void abandon();

 private:
  struct cursor {
    std::uint64_t number;
    read_start from;
    std::int64_t end = 0;   // where the log ended at follow()
    std::int64_t next = 0;  // the next offset to read
    bool placed = false;    // `next` is known
    bool caught_up = false;
    std::optional<partition_queue> queue;  // while the library reads it
    fetch_nudge nudge;
  };
  // A partition that the library was asked to unassign and has not released yet.
  struct farewell {
    std::size_t times = 0;
    std::vector<partition_queue> queues;
  };
  using step = void (reader_impl::*)(const partition_id&, result<std::int64_t>);

  std::vector<read_item> take(std::size_t max) override;
  void take_lost(std::size_t max, std::vector<read_item>& out);
  // Why the log does not have the reader's offset; nullopt: it has.
  std::optional<std::string> take_from(const partition_id& id, cursor& c, std::size_t max, std::vector<read_item>& out);
  std::optional<std::string> judge(const partition_id& id, cursor& c, rd_kafka_event_t* e);
  bool log_has_more(const partition_id& id, const cursor& c) const;
  void set_nudge_timer();
  void nudge();

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

  const reader_options options_;
  dependencies& deps_;
  consumer_client client_;
  std::shared_ptr<offset_lookup> lookup_;
  std::map<partition_id, cursor> cursors_;
  std::map<partition_id, farewell> leaving_;
  std::map<partition_id, std::uint64_t> retries_;
  std::deque<position_lost> lost_;
  base::timer retry_timer_;
  base::timer nudge_timer_;
  bool nudge_timer_set_ = false;
  std::uint64_t numbers_ = 0;
  rotation turn_;
  bool closed_ = false;
};

}  // namespace streamdemo::bus::kafka
