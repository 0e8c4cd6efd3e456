// Runs one coroutine on a loop of its own, and returns or throws what the coroutine does. The loop is not stopped but
// runs out of work, so that calls which the coroutine started on a pool no longer refer to it.
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <streamdemo/base/asio.hpp>

#include <exception>
#include <functional>
#include <optional>
#include <stdexcept>

namespace streamdemo::test {

template <class T>
T run(std::function<base::awaitable<T>()> body, std::chrono::seconds at_most = std::chrono::seconds(60)) {
  asio::io_context io;
  std::optional<T> value;
  std::exception_ptr failed;
  asio::co_spawn(io, body(), [&](std::exception_ptr why, T v) {
    failed = why;
    if (!why) value.emplace(std::move(v));
  });
  io.run_for(at_most);
  if (failed) std::rethrow_exception(failed);
  if (!value) throw std::runtime_error("the coroutine did not end in time");
  return std::move(*value);
}

inline void run(std::function<base::awaitable<void>()> body, std::chrono::seconds at_most = std::chrono::seconds(60)) {
  asio::io_context io;
  bool ended = false;
  std::exception_ptr failed;
  asio::co_spawn(io, body(), [&](std::exception_ptr why) {
    failed = why;
    ended = true;
  });
  io.run_for(at_most);
  if (failed) std::rethrow_exception(failed);
  if (!ended) throw std::runtime_error("the coroutine did not end in time");
}

}  // namespace streamdemo::test
