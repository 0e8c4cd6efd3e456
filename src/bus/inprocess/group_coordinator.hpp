// Who owns which partition of one group. Pure and single-threaded. Sticky and cooperative: when members come and go,
// everybody keeps what they have but for the fewest partitions that even the load out (shares differ by one at most
// among members of the same topics).
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

// Every call answers with what changes hands by it, in no order that matters.
class group_coordinator {
 public:
  std::vector<handover> join(member_id m, const std::vector<std::string>& topics);
  std::vector<handover> leave(member_id m);
  std::vector<handover> add_partitions(const std::string& topic, std::int32_t count);  // already known: nothing

  // The member keeps what it owns until it leaves, and gets nothing more.
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
