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

  // Hands `f`, which must not throw, in and does not wait for it; join() does.
  template <class F>
  void start(F f) {
    asio::post(pool_, std::move(f));
  }

  // The caller's loop must have run out of work (not only been stopped) or this pool been joined before the loop is
  // destroyed. `f` must not throw. The caller's coroutine is not canceled meanwhile: a started file operation always
  // ends.
  template <class F>
  auto run(F f) -> awaitable<decltype(f())> {
    // The frame outlives the call, because the completion handler owns it: plain pointers to its locals are enough, and
    // g++ 12 destroys temporaries that own something twice when they stand in a co_await expression.
    std::optional<decltype(f())> value;
    const executor ex = co_await asio::this_coro::executor;
    auto start = [pool = &pool_, ex, f = &f, value = &value](auto handler) {
      auto shared = std::make_shared<decltype(handler)>(std::move(handler));
      auto work = asio::require(ex, asio::execution::outstanding_work.tracked);
      // Once posted, the caller may end its loop: of what stands here only `work` is left then, which keeps that loop.
      asio::post(*pool, [work, shared = std::move(shared), f, value]() mutable {
        value->emplace((*f)());
        asio::post(work, [shared = std::move(shared)] { (*shared)(); });
      });
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<executor>, void()>(start, use_awaitable);
    co_return std::move(*value);
  }

 private:
  asio::thread_pool pool_;
};

}  // namespace streamdemo::base
