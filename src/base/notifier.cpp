#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <streamdemo/base/notifier.hpp>

namespace streamdemo::base {

namespace {

// notify_all() cancels the timer, and so does the cancellation of the coroutine. The timer reports both alike; the
// coroutine's cancellation state tells which it was.
awaitable<void> throw_if_canceled() {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
}

}  // namespace

// Lives in the frame of the waiting coroutine.
struct notifier::waiter : link {
  waiter(const executor& ex, std::chrono::steady_clock::time_point until) : time(ex, until) {}
  timer time;
  bool notified = false;
};

void notifier::link::enter(link& ring) noexcept {
  previous = ring.previous;
  next = &ring;
  previous->next = next->previous = this;
}

void notifier::link::leave() noexcept {
  previous->next = next;
  next->previous = previous;
  previous = next = this;
}

notifier::~notifier() {
  notify_all();
}

awaitable<void> notifier::wait() {
  co_await wait_until(std::chrono::steady_clock::time_point::max());
}

awaitable<bool> notifier::wait_until(std::chrono::steady_clock::time_point until) {
  waiter mine(executor_, until);
  mine.enter(waiting_);
  boost::system::error_code ignored;
  co_await mine.time.async_wait(asio::redirect_error(use_awaitable, ignored));
  co_await throw_if_canceled();
  co_return mine.notified;
}

void notifier::notify_all() {
  while (waiting_.next != &waiting_) {
    auto& w = static_cast<waiter&>(*waiting_.next);
    w.leave();
    w.notified = true;
    w.time.cancel();
  }
}

awaitable<void> sleep_until(std::chrono::steady_clock::time_point until) {
  timer t(co_await asio::this_coro::executor, until);
  co_await t.async_wait(use_awaitable);
}

awaitable<void> sleep_for(std::chrono::steady_clock::duration d) {
  return sleep_until(std::chrono::steady_clock::now() + d);
}

}  // namespace streamdemo::base
