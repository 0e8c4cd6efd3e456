#include "gateway/api/waiting.hpp"

#include <streamdemo/base/id.hpp>
#include <streamdemo/base/json.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace streamdemo::gateway {

namespace {

// What `wait` gives; nothing when the gateway drains first.
template <class T>
awaitable<std::optional<T>> unless_drained(core& a, awaitable<T> wait) {
  using namespace asio::experimental::awaitable_operators;
  auto drained = a.here().draining.wait();
  auto first = co_await (std::move(wait) || std::move(drained));
  if (first.index() != 0) co_return std::nullopt;
  co_return std::get<0>(std::move(first));
}

}  // namespace

awaitable<checked<history_ptr>> known_task(core& a, std::string request_id) {
  if (!base::is_id(request_id)) {
    co_return refusal{problem::unknown_task, "\"" + request_id + "\" is no task id", {}};
  }
  if (auto h = a.context().all.find(request_id)) co_return h;
  const auto until = std::chrono::steady_clock::now() + a.settings().gateway.unknown_task_wait;
  auto waited = co_await wait_for_task(a.context().all, request_id, until);
  if (!waited) co_return refusal{problem::too_many_waiters, waited.error().message, {}};
  if (!*waited && a.context().service.is_unread(request_id)) co_return not_read_back(request_id);
  if (!*waited) {
    co_return refusal{problem::unknown_task,
                      "no task " + request_id + " is known here: it was never submitted, or it ended long ago",
                      {}};
  }
  co_return std::move(*waited);
}

refusal not_read_back(const std::string& request_id) {
  return {
      problem::unavailable,
      "the task " + request_id +
          " is accepted, but this gateway lags behind the log and cannot show it yet; ask again, do not submit again",
      "\"request_id\":" + base::json_string(request_id)};
}

awaitable<history_ptr> read_back(core& a, accepted_task t, base::steady_time until) {
  if (t.history || a.draining() || until <= std::chrono::steady_clock::now()) co_return t.history;
  auto wait = wait_for_task(a.context().all, t.request_id, until);
  auto waited = co_await unless_drained(a, std::move(wait));
  if (!waited || !*waited) co_return history_ptr{};
  co_return std::move(**waited);
}

awaitable<bool> news(core& a, history_ptr h, std::int64_t after, base::steady_time until) {
  if (a.draining() || until <= std::chrono::steady_clock::now()) co_return false;
  auto wait = wait_for_news(a.context().all, std::move(h), after, until);
  const auto came = co_await unless_drained(a, std::move(wait));
  co_return came.value_or(false);
}

awaitable<bool> ended(core& a, history_ptr h, base::steady_time until) {
  if (task::is_end(h->view().status)) co_return true;
  if (a.draining() || until <= std::chrono::steady_clock::now()) co_return false;
  auto wait = wait_for_end(a.context().all, std::move(h), until);
  const auto came = co_await unless_drained(a, std::move(wait));
  co_return came.value_or(false);
}

awaitable<checked<history_ptr>> canceled_task(core& a, std::string request_id) {
  auto known = co_await known_task(a, request_id);
  if (!known) co_return known;
  const auto done = co_await a.context().service.cancel(std::move(request_id));
  if (!done) co_return refusal_of(done.error());
  co_await ended(a, *known, std::chrono::steady_clock::now() + a.settings().gateway.unknown_task_wait);
  co_return known;
}

}  // namespace streamdemo::gateway
