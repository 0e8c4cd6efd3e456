// When to look at which open task again: at its expiry, and from then on until it has ended. Pure: bus time is an
// argument. Used by the task service, on loop 0.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <map>
#include <unordered_map>
#include <vector>

#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

class expiry_schedule {
 public:
  // A task is due at `due`; an earlier entry of the same task is replaced.
  void put(const history_ptr& h, base::sys_time due);
  void remove(const history_ptr& h);

  // Those that are due at `now`; each comes again `again` later unless it is removed.
  std::vector<history_ptr> take(base::sys_time now, base::milliseconds again);

  std::size_t size() const noexcept { return due_.size(); }

 private:
  using by_time = std::multimap<base::sys_time, history_ptr>;
  by_time due_;
  std::unordered_map<const history*, by_time::iterator> places_;
};

}  // namespace streamdemo::gateway
