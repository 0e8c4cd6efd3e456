// What a group's member has still to see of its assignment, in order. Bounded: at most one `revoked` and one `assigned`
// of each partition. Pure; the owner guards it.
#pragma once
#include <streamdemo/bus/bus.hpp>

#include <deque>

namespace streamdemo::bus {

class assignment_changes {
 public:
  void gain(std::vector<partition_id> partitions);
  // Of partitions that the member owned. What it never saw assigned is not shown as revoked either.
  void lose(const std::vector<partition_id>& partitions);

  // Moves them to the end of `out` until that has `max` items. True: none is left, so records may follow; no record
  // overtakes the changes of its partition.
  bool take(std::size_t max, std::vector<shared_item>& out);
  void clear() { unseen_.clear(); }

 private:
  // True: the member has not seen that it was assigned, and will not.
  bool forget_assigned(const partition_id& p);

  std::deque<shared_item> unseen_;
};

}  // namespace streamdemo::bus
