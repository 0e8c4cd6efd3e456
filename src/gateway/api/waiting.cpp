#include "gateway/api/waiting.hpp"

#include <streamdemo/base/id.hpp>
#include <streamdemo/base/json.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace streamdemo::gateway {

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
  using namespace asio::experimental::awaitable_operators;
  if (t.history || a.draining() || until <= std::chrono::steady_clock::now()) co_return t.history;
  auto wait = wait_for_task(a.context().all, t.request_id, until);
  auto drained = a.here().draining.wait();
  auto first = co_await (std::move(wait) || std::move(drained));
  if (first.index() != 0 || !std::get<0>(first)) co_return history_ptr{};
  co_return std::move(*std::get<0>(first));
}

namespace {

// `wait`, unless the gateway drains first.
awaitable<bool> unless_drained(core& a, awaitable<bool> wait) {
  using namespace asio::experimental::awaitable_operators;
  auto drained = a.here().draining.wait();
  const auto first = co_await (std::move(wait) || std::move(drained));
  co_return first.index() == 0 && std::get<0>(first);
}

}  // namespace

awaitable<bool> news(core& a, history_ptr h, std::int64_t after, base::steady_time until) {
  if (a.draining() || until <= std::chrono::steady_clock::now()) co_return false;
  auto wait = wait_for_news(a.context().all, std::move(h), after, until);
  co_return co_await unless_drained(a, std::move(wait));
}

awaitable<bool> ended(core& a, history_ptr h, base::steady_time until) {
  if (task::is_end(h->view().status)) co_return true;
  if (a.draining() || until <= std::chrono::steady_clock::now()) co_return false;
  auto wait = wait_for_end(a.context().all, std::move(h), until);
  co_return co_await unless_drained(a, std::move(wait));
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
