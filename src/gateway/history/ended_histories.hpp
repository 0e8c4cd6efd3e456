// The ended histories, in the order in which they are to be removed. Loop 0.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <algorithm>
#include <memory>
#include <vector>

#include "gateway/history/kept_history.hpp"

namespace streamdemo::gateway {

class ended_histories {
 public:
  using kept_ptr = std::shared_ptr<kept_history>;

  // keep_for counts from `since`.
  void add(base::sys_time since, const kept_ptr& h) {
    ends_.push_back({since, h});
    std::push_heap(ends_.begin(), ends_.end());
    if (ends_.size() < tidy_at_) return;
    // Some histories may have been removed before keep_for.
    std::erase_if(ends_, [](const end& old) { return old.of.expired(); });
    std::make_heap(ends_.begin(), ends_.end());
    tidy_at_ = 2 * ends_.size() + 1000;
  }

  // The first that is not removed yet, if it counts from before `at`; nullptr: none. It is no longer in here then.
  kept_ptr take(base::sys_time at = base::sys_time::max()) {
    while (!ends_.empty() && ends_.front().since < at) {
      const auto h = ends_.front().of.lock();
      std::pop_heap(ends_.begin(), ends_.end());
      ends_.pop_back();
      if (h) return h;
    }
    return nullptr;
  }

  std::size_t bytes() const noexcept { return ends_.capacity() * sizeof(end); }

 private:
  struct end {
    base::sys_time since;
    std::weak_ptr<kept_history> of;
    bool operator<(const end& other) const noexcept { return since > other.since; }  // the earliest on top
  };

  std::vector<end> ends_;  // a heap
  std::size_t tidy_at_ = 1000;
};

}  // namespace streamdemo::gateway
