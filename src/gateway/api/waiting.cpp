#include "gateway/api/waiting.hpp"

#include <streamdemo/base/json.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace streamdemo::gateway {

namespace {

// The value of `wait`, or nullopt if the gateway begins to drain first.
template <class T>
awaitable<std::optional<T>> unless_drained(services& a, awaitable<T> wait) {
  using namespace asio::experimental::awaitable_operators;
  auto drained = a.here().draining.wait();
  auto first = co_await (std::move(wait) || std::move(drained));
  if (first.index() != 0) co_return std::nullopt;
  co_return std::get<0>(std::move(first));
}

}  // namespace

refusal not_read_back(const std::string& request_id) {
  return {
      problem::unavailable,
      "the task " + request_id +
          " is accepted, but this gateway lags behind the log and cannot show it yet; ask again, do not submit again",
      "\"request_id\":" + base::json_string(request_id)};
}

awaitable<history_ptr> read_back(services& a, accepted_task t, base::steady_time until) {
  if (t.history || a.draining() || until <= std::chrono::steady_clock::now()) co_return t.history;
  auto wait = wait_for_task(a.all(), t.request_id, until);
  auto waited = co_await unless_drained(a, std::move(wait));
  if (!waited || !*waited) co_return history_ptr{};
  co_return std::move(**waited);
}

awaitable<bool> news(services& a, history_ptr h, std::int64_t after, base::steady_time until) {
  if (a.draining() || until <= std::chrono::steady_clock::now()) co_return false;
  auto wait = wait_for_news(std::move(h), after, until);
  const auto came = co_await unless_drained(a, std::move(wait));
  co_return came.value_or(false);
}

awaitable<bool> ended(services& a, history_ptr h, base::steady_time until) {
  if (task::is_end(h->moment().status)) co_return true;
  if (a.draining() || until <= std::chrono::steady_clock::now()) co_return false;
  auto wait = wait_for_end(std::move(h), until);
  const auto came = co_await unless_drained(a, std::move(wait));
  co_return came.value_or(false);
}

}  // namespace streamdemo::gateway
