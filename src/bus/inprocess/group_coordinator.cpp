#include "bus/inprocess/group_coordinator.hpp"

namespace streamdemo::bus::inprocess {

std::vector<handover> group_coordinator::join(member_id m, const std::vector<std::string>& topics) {
  members_.emplace(m, member{{topics.begin(), topics.end()}});
  return rebalance();
}

std::vector<handover> group_coordinator::leave(member_id m) {
  members_.erase(m);
  return rebalance();
}

void group_coordinator::retire(member_id m) {
  if (const auto it = members_.find(m); it != members_.end()) it->second.retired = true;
}

std::vector<handover> group_coordinator::add_partitions(const std::string& topic, std::int32_t count) {
  for (std::int32_t i = 0; i < count; ++i) owners_.try_emplace(partition_id{topic, i});
  return rebalance();
}

group_coordinator::members::iterator group_coordinator::least_loaded(const partition_id& p) {
  auto best = members_.end();
  for (auto it = members_.begin(); it != members_.end(); ++it) {
    const bool may_take = !it->second.retired && it->second.topics.contains(p.topic);
    if (may_take && (best == members_.end() || it->second.owned < best->second.owned)) best = it;
  }
  return best;
}

void group_coordinator::give(std::optional<member_id>& owner, members::iterator to) {
  if (owner) --members_.at(*owner).owned;
  owner = to->first;
  ++to->second.owned;
}

// Moves one partition from the most loaded member possible to one that has at least two fewer. False: all are even.
bool group_coordinator::even_out() {
  std::optional<member_id>* from = nullptr;
  auto to = members_.end();
  std::size_t most = 0;
  for (auto& [p, owner] : owners_) {
    if (!owner || members_.at(*owner).retired || members_.at(*owner).owned <= most) continue;
    const auto least = least_loaded(p);
    if (least == members_.end() || least->second.owned + 2 > members_.at(*owner).owned) continue;
    from = &owner;
    to = least;
    most = members_.at(*owner).owned;
  }
  if (from) give(*from, to);
  return from != nullptr;
}

std::vector<handover> group_coordinator::rebalance() {
  const auto before = owners_;
  for (auto& [p, owner] : owners_) {
    if (owner && !members_.contains(*owner)) owner.reset();
  }
  for (auto& [p, owner] : owners_) {
    if (owner) continue;
    if (const auto to = least_loaded(p); to != members_.end()) give(owner, to);
  }
  while (even_out()) {
  }
  std::vector<handover> changed;
  for (const auto& [p, owner] : owners_) {
    if (owner != before.at(p)) changed.push_back({p, before.at(p), owner});
  }
  return changed;
}

}  // namespace streamdemo::bus::inprocess
