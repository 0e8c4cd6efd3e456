#include "gateway/api/call.hpp"

#include <streamdemo/base/id.hpp>

#include "gateway/api/waiting.hpp"

namespace streamdemo::gateway {

namespace {

// Text that is not an id is whatever the client sent, of any length; it must not get into the audit log.
std::string_view id_or_none(std::string_view text) noexcept {
  return base::is_id(text) ? text : std::string_view{};
}

refusal too_many_waits(std::size_t each) {
  return {problem::too_many_waiters,
          "as many of your requests wait for tasks that are not known yet as quota.waiters = " + std::to_string(each) +
              " allows",
          {}};
}

refusal too_many_streams(std::size_t each) {
  return {problem::quota,
          "as many of your streams are open at this gateway as quota.streams = " + std::to_string(each) + " allows",
          {}};
}

}  // namespace

caller::caller(services& s, principal_ptr who, request_origin from)
    : services_(&s), who_(std::move(who)), from_(std::move(from)) {}

checked<void> caller::may(action a) const {
  if (gateway::may(*who_, a)) return {};
  if (!who_->is_known()) return refusal{problem::unauthenticated, "say first who you are, with a key or token", {}};
  const auto needed = needed_scope(a).value_or(scope::admin);
  return refusal{problem::forbidden, "this needs the scope " + std::string(to_string(needed)),
                 "\"scope\":\"" + std::string(to_string(needed)) + '"'};
}

checked<void> caller::may_submit(std::string_view kind) const {
  if (auto allowed = may(action::submit); !allowed) return allowed;
  if (may_have(*who_, kind)) return {};
  return refusal{problem::forbidden, "tasks of kind " + std::string(kind) + " are not for this key", {}};
}

checked<void> caller::still_known() const {
  if (at().entrance().still_good(*who_)) return {};
  return refusal{problem::unauthenticated, "the key, token or session has expired, or was taken away", {}};
}

checked<void> caller::still_known(std::string_view what, std::string_view request_id) const {
  auto known = still_known();
  if (!known) tell_refused(what, request_id, known.error());
  return known;
}

caller::share caller::take_share(std::string_view kind) const {
  if (auto known = still_known(); !known) return {known, {}};
  if (auto allowed = may_submit(kind); !allowed) return {allowed, {}};
  const auto of = at().shares().submission(who_->owner, std::chrono::steady_clock::now());
  if (of.allowed) return {checked<void>{}, of};
  return {refusal{problem::quota,
                  "you submit faster than quota.submissions_per_second = " +
                      std::to_string(at().shares().of().per_second) + " allows",
                  {}},
          of};
}

void caller::tell_submitted(std::string_view request_id, const base::result<accepted_task>& outcome) const {
  if (outcome) return tell("submit", request_id, 202);
  const auto why = refusal_of(outcome.error());
  if (why.what == problem::quota) return tell_refused("submit", {}, why);
  tell("submit", request_id, row_of(why.what).status);
}

void caller::tell(std::string_view what, std::string_view request_id, int status) const {
  at().log_of_acts().done(
      {.what = what, .who = *who_, .task = id_or_none(request_id), .from = from_.peer, .status = status});
}

void caller::tell_refused(std::string_view what, std::string_view request_id, const refusal& why) const {
  const auto& row = row_of(why.what);
  at().log_of_acts().refused(
      {.what = what, .who = *who_, .task = id_or_none(request_id), .from = from_.peer, .status = row.status}, row.name);
}

checked<places::place> caller::stream_place() const {
  auto place = at().streams().take(who_->owner);
  if (place) return *std::move(place);
  const auto why = too_many_streams(at().streams().each());
  tell_refused("stream", {}, why);
  return why;
}

bool caller::sees(const task_identity& t) const noexcept {
  return gateway::sees(*who_, {.id = t.request_id, .owner = t.owner, .kind = t.kind});
}

base::awaitable<checked<history_ptr>> caller::task(std::string request_id) const {
  auto& s = at();
  if (!base::is_id(request_id)) {
    co_return refusal{problem::unknown_task, "\"" + request_id + "\" is no task id", {}};
  }
  // A ticket is for one task, so there is no point in waiting for another one.
  if (!who_->only_task.empty() && who_->only_task != request_id) {
    co_return refusal{problem::unknown_task, "the ticket is for another task than " + request_id, {}};
  }
  auto found = s.all().find(request_id);
  if (found && sees(found->identity())) co_return found;
  const auto until = std::chrono::steady_clock::now() + s.settings().gateway.unknown_task_wait;
  const auto place = s.waits().take(who_->owner);
  if (!place) {
    const auto why = too_many_waits(s.waits().each());
    tell_refused("look", request_id, why);
    co_return why;
  }
  if (found) tell_refused("look", request_id, {problem::unknown_task, {}, {}});
  // For a task of another owner, wait for a random id that no task will ever have. That takes a place among the waiters
  // and lasts as long as the wait for an unknown id, so the client cannot tell the two apart.
  auto awaited = found ? base::random_id() : request_id;
  for (;;) {
    auto waited = co_await wait_for_task(s.all(), std::move(awaited), until);
    if (!waited) co_return refusal{problem::too_many_waiters, waited.error().message, {}};
    if (!*waited) break;
    if (sees((*waited)->identity())) co_return std::move(*waited);
    awaited = base::random_id();
  }
  if (const auto owner = s.service().owner_of_unread(request_id); owner && is_over(*who_, *owner)) {
    co_return not_read_back(request_id);
  }
  co_return refusal{problem::unknown_task,
                    "no task " + request_id + " is known here: it was never submitted, or it ended long ago",
                    {}};
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

base::awaitable<bool> caller::may_read_files(std::string request_id) const {
  if (!at().entrance().asks()) co_return true;
  co_return (co_await task(std::move(request_id))).has_value();
}

std::string caller::request_id(std::string_view kind, std::string_view key) const {
  return at().service().new_request_id(who_->owner, kind, key);
}

submission caller::new_submission(std::string_view kind, std::string_view key) const {
  return new_submission(kind, key, request_id(kind, key));
}

submission caller::new_submission(std::string_view kind, std::string_view key, std::string request_id) const {
  submission s;
  s.kind = std::string(kind);
  s.has_idempotency_key = !key.empty();
  s.request_id = std::move(request_id);
  s.owner = who_->owner;
  s.traceparent = from_.traceparent;
  s.tracestate = from_.tracestate;
  return s;
}

}  // namespace streamdemo::gateway
