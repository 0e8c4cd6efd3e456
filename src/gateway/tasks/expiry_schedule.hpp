// When to check which open task for its expiry: when it is due, and then again and again until it is removed. Pure: bus
// time is an argument. Used by the task service, on loop 0.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <map>
#include <unordered_map>
#include <vector>

#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

class expiry_schedule {
 public:
  // `h` is due at `due`; this replaces an earlier entry of the same task.
  void put(const history_ptr& h, base::sys_time due);
  void remove(const history_ptr& h);

  // The tasks that are due at `now`. Each is due again `again` later, unless it is removed.
  std::vector<history_ptr> take(base::sys_time now, base::milliseconds again);

  std::size_t size() const noexcept { return due_.size(); }

 private:
  using by_time = std::multimap<base::sys_time, history_ptr>;
  by_time due_;
  std::unordered_map<const history*, by_time::iterator> places_;
};

}  // namespace streamdemo::gateway
