// Coroutines that wait for something to happen to one task: they share a notifier per task, so that an event of one
// task wakes nobody else. One loop.
#pragma once
#include <streamdemo/base/asio.hpp>
#include <streamdemo/base/notifier.hpp>

#include <memory>
#include <string>
#include <unordered_map>

namespace streamdemo::gateway {

class task_waits {
 public:
  explicit task_waits(base::executor loop) : loop_(std::move(loop)) {}

  // Until `done()` is true, `by`, or end(). `done` is called at once, and again after each tell() for this task.
  template <class Done>
  base::awaitable<void> until(const std::string& id, Done done, base::steady_time by) {
    auto& slot = waiting_[id];
    if (!slot) slot = std::make_shared<base::notifier>(loop_);
    const auto changed = slot;
    while (!done() && std::chrono::steady_clock::now() < by && !ended_) co_await changed->wait_until(by);
    // Held here and in the map: nobody else waits for this task.
    const auto it = waiting_.find(id);
    if (it != waiting_.end() && it->second == changed && changed.use_count() == 2) waiting_.erase(it);
  }

  void tell(const std::string& id) {
    if (const auto it = waiting_.find(id); it != waiting_.end()) it->second->notify_all();
  }

  // Nobody waits any longer.
  void end() {
    ended_ = true;
    for (auto& [id, changed] : waiting_) changed->notify_all();
  }

 private:
  base::executor loop_;
  std::unordered_map<std::string, std::shared_ptr<base::notifier>> waiting_;
  bool ended_ = false;
};

}  // namespace streamdemo::gateway
