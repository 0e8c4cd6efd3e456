// Tasks that this gateway has handed over and not read back yet, because it lags behind the log. Bounded by whoever
// puts them in; each is forgotten at its expiry, should it never be read. Thread-safe.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <map>
#include <mutex>
#include <string>
#include <string_view>

namespace streamdemo::gateway {

class unread_tasks {
 public:
  void put(std::string request_id, base::sys_time expiry) {
    const std::lock_guard lock(mutex_);
    tasks_.insert_or_assign(std::move(request_id), expiry);
  }
  // False: it was not there.
  bool erase(const std::string& request_id) {
    const std::lock_guard lock(mutex_);
    return tasks_.erase(request_id) != 0;
  }
  void forget_before(base::sys_time now) {
    const std::lock_guard lock(mutex_);
    std::erase_if(tasks_, [&](const auto& t) { return t.second < now; });
  }
  bool contains(std::string_view request_id) const {
    const std::lock_guard lock(mutex_);
    return tasks_.contains(request_id);
  }
  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return tasks_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, base::sys_time, std::less<>> tasks_;
};

}  // namespace streamdemo::gateway
