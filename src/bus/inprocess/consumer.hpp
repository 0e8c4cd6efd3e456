// The in-process member of a group: the part that the core knows, and join, which wraps it.
#pragma once
#include "bus/inprocess/core.hpp"

namespace streamdemo::bus::inprocess {

class consumer_end final : public puller<shared_item> {
 public:
  consumer_end(executor ex, std::shared_ptr<core> c, group_options o)
      : puller(ex, c->mutex()), options_(std::move(o)), core_(std::move(c)) {}

  const group_options& options() const noexcept { return options_; }

  // Owner's executor.
  void join();
  void complete(const delivery& d);
  std::size_t held_bytes();
  void close();
  void leave();

  // Any thread, under the mutex; the core calls these.
  void assign(const std::vector<group_partition*>& gained);
  void revoke(const std::vector<group_partition*>& lost);
  void appended(const group_partition& p) {
    if (p.done.gap() < options_.max_gap) wake();
  }
  member_id id = 0;

 private:
  std::vector<shared_item> take(std::size_t max) override;
  void take_from(group_partition& p, std::size_t max, std::vector<shared_item>& out);

  std::size_t held_locked() const;

  const group_options options_;
  std::shared_ptr<core> core_;
  // Guarded by the mutex:
  std::deque<shared_item> changes_;  // not yet seen; at most one revoked and one assigned of each partition
  std::vector<group_partition*> owned_;
  std::size_t held_ = 0;    // during a take: bytes of un-completed records
  bool held_back_ = false;  // the last take left records for the sake of max_bytes
  std::size_t first_ = 0;   // of owned_, where the next take begins: no partition waits for another
};

std::unique_ptr<shared_consumer> join(executor ex, std::shared_ptr<core> c, group_options o);

}  // namespace streamdemo::bus::inprocess
