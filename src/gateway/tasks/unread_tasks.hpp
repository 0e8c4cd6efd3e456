// Tasks that this gateway has handed to the bus and not read back yet, because it lags behind the log. The caller of
// put() bounds their number. A task that is never read back is forgotten after its expiry. Thread-safe.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::gateway {

class unread_tasks {
 public:
  void put(std::string request_id, std::string owner, base::sys_time expiry) {
    const std::lock_guard lock(mutex_);
    tasks_.insert_or_assign(std::move(request_id), task{std::move(owner), expiry});
  }
  // False: it was not there.
  bool erase(const std::string& request_id) {
    const std::lock_guard lock(mutex_);
    return tasks_.erase(request_id) != 0;
  }
  void forget_before(base::sys_time now) {
    const std::lock_guard lock(mutex_);
    std::erase_if(tasks_, [&](const auto& t) { return t.second.expiry < now; });
  }
  // nullopt: the task is not here.
  std::optional<std::string> owner_of(std::string_view request_id) const {
    const std::lock_guard lock(mutex_);
    const auto it = tasks_.find(request_id);
    return it == tasks_.end() ? std::nullopt : std::optional(it->second.owner);
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return tasks_.size();
  }

 private:
  struct task {
    std::string owner;
    base::sys_time expiry;
  };
  mutable std::mutex mutex_;
  std::map<std::string, task, std::less<>> tasks_;
};

}  // namespace streamdemo::gateway
