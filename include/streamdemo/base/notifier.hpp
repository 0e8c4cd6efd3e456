// A condition that coroutines wait for, all on one executor. A notification wakes only the coroutines that wait at that
// moment and is not stored, so test your own state in a loop: `while (!ready) co_await notifier.wait();`. Starting and
// ending a wait takes constant time, however many others wait.
#pragma once
#include <streamdemo/base/asio.hpp>

namespace streamdemo::base {

class notifier {
 public:
  explicit notifier(executor ex) : executor_(std::move(ex)) {}
  // Wakes all waiting coroutines.
  ~notifier();
  notifier(const notifier&) = delete;

  // Waits for the next notify_all(). Throws system_error operation_aborted when the coroutine is canceled.
  awaitable<void> wait();
  // True: notified. False: `until` passed first.
  awaitable<bool> wait_until(std::chrono::steady_clock::time_point until);
  void notify_all();

 private:
  // Waiters form a doubly linked ring, so that one leaves without a search.
  struct link {
    link() noexcept = default;
    ~link() { leave(); }
    link(const link&) = delete;
    void enter(link& ring) noexcept;
    void leave() noexcept;
    link* previous = this;
    link* next = this;
  };
  struct waiter;

  executor executor_;
  link waiting_;
};

// Both throw system_error operation_aborted when the coroutine is canceled.
awaitable<void> sleep_until(std::chrono::steady_clock::time_point until);
awaitable<void> sleep_for(std::chrono::steady_clock::duration d);

}  // namespace streamdemo::base
