// Runs a blocking call on a small pool of threads and resumes the caller on its own executor. All file I/O goes this
// way, so that it never blocks an event loop.
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

  // Waits for everything that was started. No call may follow.
  void join() { pool_.join(); }

  // Runs `f` without waiting for it; join() waits. `f` must not throw.
  template <class F>
  void start(F f) {
    asio::post(pool_, std::move(f));
  }

  // Runs `f`, which must not throw, and returns its result. Cancellation of the caller takes effect only afterwards: a
  // file operation that has started always ends. Before the caller's loop is destroyed, it must have run out of work
  // (to be stopped is not enough) or this pool must be joined.
  template <class F>
  auto run(F f) -> awaitable<decltype(f())> {
    // Plain pointers to the locals are enough, since the completion handler owns this coroutine's frame. They are also
    // needed: g++ 12 destroys temporaries of a co_await expression twice, which breaks those that own something.
    std::optional<decltype(f())> value;
    const executor ex = co_await asio::this_coro::executor;
    auto start = [pool = &pool_, ex, f = &f, value = &value](auto handler) {
      auto shared = std::make_shared<decltype(handler)>(std::move(handler));
      auto work = asio::require(ex, asio::execution::outstanding_work.tracked);
      // After the post the caller's loop may end at any time; `work` keeps it running until the result is delivered.
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
