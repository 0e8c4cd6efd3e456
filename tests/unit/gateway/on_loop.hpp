// Starts a coroutine on a loop that runs in another thread. The test's own thread waits for its value or exception.
#pragma once
#include <boost/asio/co_spawn.hpp>
#include <streamdemo/base/asio.hpp>

#include <future>

namespace streamdemo::gateway::testing {

template <class T>
std::future<T> on_loop(const base::executor& ex, base::awaitable<T> body) {
  auto promise = std::make_shared<std::promise<T>>();
  auto given = promise->get_future();
  asio::co_spawn(ex, std::move(body), [promise](std::exception_ptr why, T value) {
    if (why) {
      promise->set_exception(why);
    } else {
      promise->set_value(std::move(value));
    }
  });
  return given;
}

}  // namespace streamdemo::gateway::testing
