// The in-process member of a group.
#pragma once
#include "bus/assignment_changes.hpp"
#include "bus/inprocess/core.hpp"
#include "bus/inprocess/ringing_puller.hpp"
#include "bus/intake.hpp"
#include "bus/rotation.hpp"

namespace streamdemo::bus::inprocess {

class consumer_impl final : public ringing_puller<shared_item> {
 public:
  consumer_impl(executor ex, std::shared_ptr<core> c, group_options o);

  // As in the contract; owner's executor.
  void complete(const delivery& d);
  void recount(const delivery& d, std::size_t bytes);
  holdings held();
  std::optional<std::string> obstacle() const { return std::nullopt; }
  void close();
  static awaitable<drain_report> drain(std::shared_ptr<consumer_impl> self, steady_time deadline);

  // Call once, after a shared_ptr owns this.
  void join();
  // Leaves the group.
  void abandon();

  // Called by the core: on any thread, with the mutex held.
  const group_options& options() const noexcept { return options_; }
  void assign(const std::vector<group_partition*>& gained);
  void revoke(const std::vector<group_partition*>& lost);
  void appended(const group_partition& p) {
    if (intake_.has_room(p.done)) arrived();
  }
  member_id id = 0;

 private:
  std::vector<shared_item> take_locked(std::size_t max) override;
  void take_from(group_partition& p, std::size_t max, std::vector<shared_item>& out);
  holdings held_locked() const;
  // nullptr: that assignment is over.
  group_partition* owned_at(const delivery& d) const;

  const group_options options_;
  std::shared_ptr<core> core_;
  // Guarded by the mutex:
  assignment_changes changes_;
  std::vector<group_partition*> owned_;
  intake intake_;
  rotation turn_;
};

}  // namespace streamdemo::bus::inprocess
