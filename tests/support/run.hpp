// Runs one coroutine on a loop of its own, and returns or throws what the coroutine does. The loop is not stopped but
// runs out of work, so that calls which the coroutine started on a pool no longer refer to it. It is run by run() with
// a timer, not by run_for(): that one may return while a pool's thread, which ended the last work, is about to stop the
// loop.
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/steady_timer.hpp>
#include <streamdemo/base/asio.hpp>

#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>

namespace streamdemo::test {

template <class T>
T run(std::function<base::awaitable<T>()> body, std::chrono::seconds at_most = std::chrono::seconds(60)) {
  asio::io_context io;
  boost::asio::steady_timer limit(io, at_most);
  limit.async_wait([&](boost::system::error_code canceled) {
    if (!canceled) io.stop();
  });
  std::optional<T> value;
  std::exception_ptr failed;
  asio::co_spawn(io, body(), [&](std::exception_ptr why, T v) {
    limit.cancel();
    failed = why;
    if (!why) value.emplace(std::move(v));
  });
  io.run();
  if (failed) std::rethrow_exception(failed);
  if (!value) throw std::runtime_error("the coroutine did not end in time");
  return std::move(*value);
}

inline void run(std::function<base::awaitable<void>()> body, std::chrono::seconds at_most = std::chrono::seconds(60)) {
  run<bool>(
      [&body]() -> base::awaitable<bool> {
        co_await body();
        co_return true;
      },
      at_most);
}

}  // namespace streamdemo::test
