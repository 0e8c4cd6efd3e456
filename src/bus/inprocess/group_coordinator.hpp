// Who owns which partition of one group. Pure and single-threaded. Sticky and cooperative: when members come and go,
// only as many partitions move as it takes to balance the load. Members of the same topics then differ by at most one
// partition.
#pragma once
#include <streamdemo/bus/bus.hpp>

#include <map>
#include <set>

namespace streamdemo::bus::inprocess {

using member_id = std::uint64_t;

struct handover {
  partition_id partition;
  std::optional<member_id> from;
  std::optional<member_id> to;
  bool operator==(const handover&) const = default;
};

// Every call returns the partitions that change their owner, in no particular order.
class group_coordinator {
 public:
  std::vector<handover> join(member_id m, const std::vector<std::string>& topics);
  std::vector<handover> leave(member_id m);
  std::vector<handover> add_partitions(const std::string& topic, std::int32_t count);  // ignores those it knows

  // The member keeps its partitions until it leaves, and gets no more.
  void retire(member_id m);

 private:
  struct member {
    std::set<std::string> topics;
    std::size_t owned = 0;
    bool retired = false;
  };
  using members = std::map<member_id, member>;
  members::iterator least_loaded(const partition_id& p);
  void give(std::optional<member_id>& owner, members::iterator to);
  bool even_out();
  std::vector<handover> rebalance();

  members members_;
  std::map<partition_id, std::optional<member_id>> owners_;
};

}  // namespace streamdemo::bus::inprocess
