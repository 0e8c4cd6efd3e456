// A condition that coroutines wait for. One executor; wakes only those that wait at the moment of the call, so test
// your own state before and after (`while (!ready) co_await notifier.wait();`). To begin and to end a wait costs the
// same however many others wait.
#pragma once
#include <streamdemo/base/asio.hpp>

namespace streamdemo::base {

class notifier {
 public:
  explicit notifier(executor ex) : executor_(std::move(ex)) {}
  // Wakes those that wait.
  ~notifier();
  notifier(const notifier&) = delete;

  // Until the next notify_all(). Ends with a system_error operation_aborted when the coroutine is canceled.
  awaitable<void> wait();
  // True: notified. False: `until` passed first.
  awaitable<bool> wait_until(std::chrono::steady_clock::time_point until);
  void notify_all();

 private:
  // A link of a ring, so that a waiter leaves it without looking for itself.
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

// Waits for a time; throws operation_aborted when canceled.
awaitable<void> sleep_until(std::chrono::steady_clock::time_point until);
awaitable<void> sleep_for(std::chrono::steady_clock::duration d);

}  // namespace streamdemo::base
