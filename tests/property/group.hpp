// The simulated request topics and their consumer group: who owns which partition, and what is committed. Members learn
// of changes in order, but late. A commit of a former owner is ignored.
#pragma once
#include "property/log.hpp"

namespace property {

struct group_event {
  bool assigned = false;
  bus::partition_id partition;
  std::uint64_t epoch = 0;
  std::int64_t from = 0;
};

class group {
 public:
  static std::vector<std::string> topics() { return {"request", "request.slow"}; }

  group() {
    for (const auto& t : topics()) {
      for (std::int32_t p = 0; p < partitions; ++p) state_[{t, p}];
    }
  }

  void append(base::record r, sys_time now) {
    auto& s = state_[{r.topic, r.partition}];
    r.offset = static_cast<std::int64_t>(s.log.size());
    r.log_time = now;
    s.log.push_back(std::make_shared<const base::record>(std::move(r)));
  }
  const std::vector<base::record_ptr>& records(const bus::partition_id& p) { return state_[p].log; }

  void join(int member, std::deque<group_event>* inbox) { members_[member] = inbox; }
  // The member leaves or has crashed; its inbox gets no more events.
  void leave(int member) { members_.erase(member); }

  // Assigns every partition to a present member. `shuffle`: some also change their owner without need.
  void rebalance(random& r, bool shuffle) {
    for (auto& [p, s] : state_) {
      const bool lost = s.owner >= 0 && !members_.contains(s.owner);
      if (members_.empty()) {
        s.owner = -1;
        continue;
      }
      if (s.owner >= 0 && !lost && !(shuffle && r.one_in(2))) continue;
      auto pick = std::next(members_.begin(), r.between(0, static_cast<std::int64_t>(members_.size()) - 1));
      if (pick->first == s.owner) continue;
      if (s.owner >= 0 && !lost) members_[s.owner]->push_back({false, p, s.epoch, 0});
      s.owner = pick->first;
      pick->second->push_back({true, p, ++s.epoch, s.committed});
    }
  }

  // `watermark`: every offset below it is completed. True: the commit was accepted.
  bool commit(const bus::partition_id& p, std::uint64_t epoch, std::int64_t watermark) {
    auto& s = state_[p];
    if (epoch != s.epoch || watermark <= s.committed) return false;
    s.committed = watermark;
    return true;
  }
  std::int64_t committed(const bus::partition_id& p) { return state_[p].committed; }
  // Whether that assignment is the partition's present one, whatever its member has learned by now.
  bool is_owned(const bus::partition_id& p, std::uint64_t epoch) { return state_[p].epoch == epoch; }
  // Runs that were begun by a member which had lost the partition and did not know it yet.
  std::set<std::string> zombies;
  // The first record of each partition that is not committed.
  std::vector<base::record_ptr> uncommitted() const {
    std::vector<base::record_ptr> all;
    for (const auto& [p, s] : state_) {
      if (s.committed < std::ssize(s.log)) all.push_back(s.log[static_cast<std::size_t>(s.committed)]);
    }
    return all;
  }

 private:
  struct state {
    std::vector<base::record_ptr> log;
    std::int64_t committed = 0;
    int owner = -1;
    std::uint64_t epoch = 0;
  };
  std::map<bus::partition_id, state> state_;
  std::map<int, std::deque<group_event>*> members_;
};

}  // namespace property
