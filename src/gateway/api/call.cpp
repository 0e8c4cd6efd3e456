#include "gateway/api/call.hpp"

#include <streamdemo/base/id.hpp>

#include "gateway/api/waiting.hpp"

namespace streamdemo::gateway {

caller::caller(services& s, principal_ptr who, trace_context trace)
    : services_(&s), who_(std::move(who)), trace_(std::move(trace)) {}

base::awaitable<checked<history_ptr>> caller::task(std::string request_id) const {
  auto& s = at();
  if (!base::is_id(request_id)) {
    co_return refusal{problem::unknown_task, "\"" + request_id + "\" is no task id", {}};
  }
  if (auto h = s.all().find(request_id)) co_return h;
  const auto until = std::chrono::steady_clock::now() + s.settings().gateway.unknown_task_wait;
  auto waited = co_await wait_for_task(s.all(), request_id, until);
  if (!waited) co_return refusal{problem::too_many_waiters, waited.error().message, {}};
  if (!*waited && s.service().is_unread(request_id)) co_return not_read_back(request_id);
  if (!*waited) {
    co_return refusal{problem::unknown_task,
                      "no task " + request_id + " is known here: it was never submitted, or it ended long ago",
                      {}};
  }
  co_return std::move(*waited);
}

base::awaitable<checked<history_ptr>> caller::canceled_task(std::string request_id) const {
  auto& s = at();
  auto known = co_await task(request_id);
  if (!known) co_return known;
  const auto done = co_await s.service().cancel(std::move(request_id));
  if (!done) co_return refusal_of(done.error());
  co_await ended(s, *known, std::chrono::steady_clock::now() + s.settings().gateway.unknown_task_wait);
  co_return known;
}

submission caller::new_submission(std::string_view kind, std::string_view key) const {
  submission s;
  s.kind = std::string(kind);
  s.has_idempotency_key = !key.empty();
  s.request_id = at().service().new_request_id(kind, key);
  s.traceparent = trace_.parent;
  s.tracestate = trace_.state;
  return s;
}

}  // namespace streamdemo::gateway
