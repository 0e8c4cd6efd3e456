// Counts the tasks that are accepted and have not ended, in all and by owner. Loop 0, but for total().
#pragma once
#include <atomic>
#include <string>
#include <unordered_map>

namespace streamdemo::gateway {

class open_tasks {
 public:
  void add(const std::string& owner) {
    ++total_;
    if (!owner.empty()) ++of_[owner];
  }
  void remove(const std::string& owner) {
    --total_;
    if (const auto it = of_.find(owner); it != of_.end() && --it->second == 0) of_.erase(it);
  }

  std::size_t total() const noexcept { return total_.load(std::memory_order_relaxed); }  // any thread
  std::size_t of(const std::string& owner) const {
    const auto it = of_.find(owner);
    return it == of_.end() ? 0 : it->second;
  }

 private:
  std::atomic<std::size_t> total_ = 0;
  std::unordered_map<std::string, std::size_t> of_;
};

}  // namespace streamdemo::gateway
