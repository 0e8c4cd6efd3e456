// A condition that coroutines wait for. One executor; wakes only those that wait at the moment of the call, so test
// your own state before and after (`while (!ready) co_await event.wait();`).
#pragma once
#include <streamdemo/base/asio.hpp>
#include <vector>

namespace streamdemo::base {

class event {
 public:
  explicit event(executor ex) : timer_(ex, steady_never()) {}

  // Until the next notify_all(). Ends with a system_error operation_aborted when the coroutine is canceled.
  awaitable<void> wait();
  // True: notified. False: `until` passed first.
  awaitable<bool> wait_until(std::chrono::steady_clock::time_point until);
  void notify_all();

 private:
  static std::chrono::steady_clock::time_point steady_never() { return std::chrono::steady_clock::time_point::max(); }
  timer timer_;
  std::vector<timer*> waiting_;  // those with a deadline of their own
  std::uint64_t generation_ = 0;
};

// Waits for a time; throws operation_aborted when canceled.
awaitable<void> sleep_until(std::chrono::steady_clock::time_point until);
awaitable<void> sleep_for(std::chrono::steady_clock::duration d);

}  // namespace streamdemo::base
