// Reads every partition of `response` into the histories, from far enough back that every task that can still matter is
// complete; or from where the histories say that they know it, if the log still has that record there. If a position is
// lost, that partition is read and folded again from as far back. Loop 0.
#pragma once
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/task_group.hpp>
#include <streamdemo/bus/bus.hpp>

#include <vector>

#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

class response_follower {
 public:
  struct options {
    std::string topic;
    std::int32_t partitions = 1;
    base::milliseconds window{0};  // how far back a partition is read
    base::milliseconds retry{1000};
  };

  response_follower(options o, bus::bus& b, histories& all, base::executor loop0, const base::logger& log);

  // Connects to the bus, which takes a while, and reads nothing yet.
  void prepare();
  void start();

  // How many partitions were not yet read up to the end that they had when reading began; 0: caught up. Any thread.
  std::int32_t behind() const noexcept { return behind_.load(); }

  // Whether everything in the log of a partition before `offset` has been folded. Waits for it until `until`. Loop 0.
  base::awaitable<bool> has_folded(std::int32_t partition, std::int64_t offset, base::steady_time until);

  // Waits until behind() changes, close() is called, or `until`.
  base::awaitable<void> wait_for_change(base::steady_time until);

  // Ends the reading and all waits. Idempotent.
  void close();
  // close(), then joins the coroutines. Needed before the destructor if start() was called.
  base::awaitable<void> stop(base::steady_time deadline);

 private:
  base::awaitable<void> read();
  base::awaitable<void> follow_anew(std::int32_t partition);
  base::awaitable<void> sweep();
  void follow(std::int32_t partition);
  void take(std::vector<bus::read_item>& items);
  void reached_end(const bus::caught_up& c);
  void moved_to(std::int32_t partition, std::int64_t offset);
  void lost(const bus::position_lost& l);
  bool is_new(const base::record& r);
  bool stopped(const bus::partition_id& p) const { return stopped_[static_cast<std::size_t>(p.partition)]; }
  void set_behind(std::int32_t partition, bool value);

  options options_;
  bus::bus& bus_;
  histories& all_;
  base::executor executor_;
  base::logger log_;
  std::unique_ptr<bus::reader> reader_;
  std::vector<base::record_ptr> records_;  // of one batch
  std::vector<bool> is_behind_;
  std::vector<bool> restarted_;
  // Per partition: the record with which its place begins must come first; and none may come until it is read anew.
  std::vector<bool> checks_;
  std::vector<bool> stopped_;
  std::vector<std::int64_t> folded_;  // per partition, the offset before which all is applied
  std::atomic<std::int32_t> behind_;
  bool closed_ = false;
  base::notifier changed_;
  base::notifier progress_;
  base::task_group group_;
};

}  // namespace streamdemo::gateway
