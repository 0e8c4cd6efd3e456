// The changes of a group member's assignment that it has not received yet, in order. Bounded: at most one `revoked` and
// one `assigned` per partition. Pure; the owner must synchronise access.
#pragma once
#include <streamdemo/bus/bus.hpp>

#include <deque>

namespace streamdemo::bus {

class assignment_changes {
 public:
  void gain(std::vector<partition_id> partitions);
  // The member lost these partitions. One whose `assigned` it has not received gets no `revoked` either.
  void lose(const std::vector<partition_id>& partitions);

  // Appends changes to `out` until that has `max` items. True: no change is left, so records may be appended; a record
  // must not come before the changes of its partition.
  bool take(std::size_t max, std::vector<shared_item>& out);
  void clear() { unseen_.clear(); }

 private:
  // True: the member had not received the `assigned` of this partition, which is now dropped.
  bool forget_assigned(const partition_id& p);

  std::deque<shared_item> unseen_;
};

}  // namespace streamdemo::bus
