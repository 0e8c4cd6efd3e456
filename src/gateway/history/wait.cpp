// Waiting as a coroutine: subscribe, read again, wait, repeat. Nothing is missed between reading and waiting, because
// wake-ups come on this same loop.
#include <boost/asio/post.hpp>
#include <streamdemo/base/notifier.hpp>

#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

namespace {

// Some hundred microseconds' worth.
constexpr std::size_t looked_at_per_turn = 512;

class woken final : public subscriber {
 public:
  explicit woken(base::executor ex) : event_(ex) {}
  void on_news() noexcept override { event_.notify_all(); }
  base::awaitable<bool> until(base::steady_time t) { return event_.wait_until(t); }
  base::awaitable<void> wait() { return event_.wait(); }

 private:
  base::notifier event_;
};

}  // namespace

base::awaitable<std::vector<history_ptr>> recent(const histories& all, std::optional<std::string_view> owner,
                                                 std::size_t limit,
                                                 const std::function<bool(const task_view&)>& wanted) {
  const base::executor ex = co_await asio::this_coro::executor;
  std::vector<history_ptr> found;
  const auto walk = all.newest_first(owner);
  while (walk->next(looked_at_per_turn, limit, wanted, found)) co_await asio::post(ex, base::use_awaitable);
  co_return found;
}

base::awaitable<base::result<history_ptr>> wait_for_task(histories& all, std::string request_id,
                                                         std::chrono::steady_clock::time_point until) {
  if (auto h = all.find(request_id)) co_return h;
  if (until <= std::chrono::steady_clock::now()) co_return history_ptr{};
  const base::executor ex = co_await asio::this_coro::executor;
  woken w(ex);
  const auto waiting = all.await_task(request_id, w);
  if (!waiting) co_return base::error{base::errc::full, "too many requests wait for tasks that are not known yet"};
  for (;;) {
    if (auto h = all.find(request_id)) co_return h;
    if (std::chrono::steady_clock::now() >= until) co_return history_ptr{};
    co_await w.until(until);
  }
}

base::awaitable<bool> wait_for_news(history_ptr h, std::int64_t after, std::chrono::steady_clock::time_point until) {
  if (h->has_news(after)) co_return true;
  const base::executor ex = co_await asio::this_coro::executor;
  woken w(ex);
  const auto waiting = h->subscribe(w, waits_for::news);
  for (;;) {
    if (h->has_news(after)) co_return true;
    if (std::chrono::steady_clock::now() >= until) co_return false;
    co_await w.until(until);
  }
}

base::awaitable<history::batch> read_from_disk(history_ptr h, std::int64_t after, std::size_t max_events,
                                               std::size_t max_bytes) {
  const base::executor ex = co_await asio::this_coro::executor;
  woken w(ex);
  const auto reading = h->read_from_disk(w);
  for (;;) {
    auto batch = reading->take(after, max_events, max_bytes);
    if (!batch.on_disk || batch.kept_from != 0) co_return batch;
    reading->begin(after);
    co_await w.wait();
  }
}

base::awaitable<bool> wait_for_end(history_ptr h, std::chrono::steady_clock::time_point until) {
  const base::executor ex = co_await asio::this_coro::executor;
  woken w(ex);
  const auto waiting = h->subscribe(w, waits_for::end);
  while (!h->is_over() && std::chrono::steady_clock::now() < until) co_await w.until(until);
  co_return task::is_end(h->moment().status);
}

}  // namespace streamdemo::gateway
