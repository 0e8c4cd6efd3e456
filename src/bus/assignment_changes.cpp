#include "bus/assignment_changes.hpp"

namespace streamdemo::bus {

void assignment_changes::gain(std::vector<partition_id> partitions) {
  unseen_.push_back(assigned{std::move(partitions)});
}

bool assignment_changes::forget_assigned(const partition_id& p) {
  bool found = false;
  for (auto& item : unseen_) {
    auto* a = std::get_if<assigned>(&item);
    if (a && std::erase(a->partitions, p) > 0) found = true;
  }
  return found;
}

void assignment_changes::lose(const std::vector<partition_id>& partitions) {
  revoked seen;
  for (const auto& p : partitions) {
    if (!forget_assigned(p)) seen.partitions.push_back(p);
  }
  std::erase_if(unseen_, [](const shared_item& item) {
    const auto* a = std::get_if<assigned>(&item);
    return a && a->partitions.empty();
  });
  if (!seen.partitions.empty()) unseen_.push_back(std::move(seen));
}

bool assignment_changes::take(std::size_t max, std::vector<shared_item>& out) {
  while (!unseen_.empty() && out.size() < max) {
    out.push_back(std::move(unseen_.front()));
    unseen_.pop_front();
  }
  return unseen_.empty();
}

}  // namespace streamdemo::bus
