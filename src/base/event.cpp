#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <streamdemo/base/event.hpp>

namespace streamdemo::base {

namespace {

// A canceled timer and a canceled coroutine look alike to the timer: the coroutine's own state tells them apart.
awaitable<void> throw_if_canceled() {
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
}

}  // namespace

awaitable<void> event::wait() {
  boost::system::error_code ignored;
  co_await timer_.async_wait(asio::redirect_error(use_awaitable, ignored));
  co_await throw_if_canceled();
}

awaitable<bool> event::wait_until(std::chrono::steady_clock::time_point until) {
  const auto before = generation_;
  // A second timer keeps the shared one free for those without a deadline.
  timer mine(timer_.get_executor(), until);
  waiting_.push_back(&mine);
  boost::system::error_code ignored;
  co_await mine.async_wait(asio::redirect_error(use_awaitable, ignored));
  std::erase(waiting_, &mine);
  co_await throw_if_canceled();
  co_return generation_ != before;
}

void event::notify_all() {
  ++generation_;
  timer_.cancel();
  for (auto* t : waiting_) t->cancel();
}

awaitable<void> sleep_until(std::chrono::steady_clock::time_point until) {
  timer t(co_await asio::this_coro::executor, until);
  co_await t.async_wait(use_awaitable);
}

awaitable<void> sleep_for(std::chrono::steady_clock::duration d) {
  return sleep_until(std::chrono::steady_clock::now() + d);
}

}  // namespace streamdemo::base
