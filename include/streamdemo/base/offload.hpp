// Runs a blocking call on a small pool of threads and resumes the caller on its own executor. File I/O goes this way;
// never on a loop.
#pragma once
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <memory>
#include <optional>
#include <streamdemo/base/asio.hpp>

namespace streamdemo::base {

class blocking_pool {
 public:
  explicit blocking_pool(std::size_t threads) : pool_(threads) {}
  ~blocking_pool() { join(); }

  // Waits for what was handed in. No call may follow.
  void join() { pool_.join(); }

  // `f` must not throw. The caller's coroutine is not canceled meanwhile: a started file operation always ends.
  template <class F>
  auto run(F f) -> awaitable<decltype(f())> {
    using value = decltype(f());
    auto box = std::make_shared<std::optional<value>>();
    auto ex = co_await asio::this_coro::executor;
    co_await asio::async_initiate<const asio::use_awaitable_t<executor>, void()>(
        [this, box, ex](auto handler, F g) {
          auto shared = std::make_shared<decltype(handler)>(std::move(handler));
          auto work = asio::require(ex, asio::execution::outstanding_work.tracked);
          asio::post(pool_, [box, shared, work, g = std::move(g)]() mutable {
            box->emplace(g());
            asio::post(work, [shared] { (*shared)(); });
          });
        },
        use_awaitable, std::move(f));
    co_return std::move(**box);
  }

 private:
  asio::thread_pool pool_;
};

}  // namespace streamdemo::base
