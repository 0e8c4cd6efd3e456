// A request as the endpoints see it: the HTTP request, its caller, and the services that do the work. On the
// connection's loop.
#pragma once
#include <streamdemo/http/stream.hpp>

#include "gateway/access/policy.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/services.hpp"

namespace streamdemo::gateway {

// Where a request comes from.
struct request_origin {
  std::string traceparent;  // W3C Trace Context, cut to a maximum length; empty: none
  std::string tracestate;
  std::string peer;  // the address of the client, or of the proxy in front
};

// On whose behalf something is done. A WebSocket keeps one for its client after the request itself is over.
class caller {
 public:
  // `s` outlives it.
  caller(services& s, principal_ptr who, request_origin from);

  services& at() const noexcept { return *services_; }
  const principal& who() const noexcept { return *who_; }
  const principal_ptr& shared_who() const noexcept { return who_; }
  // The same client from now on acts as this principal, for instance after it has signed in.
  void is_now(principal_ptr who) noexcept { who_ = std::move(who); }

  // Whether the caller may do this at all; asked before a task is looked up. Refusals: unauthenticated, forbidden.
  checked<void> may(action a) const;
  // Whether the caller may submit tasks of that kind. Refusals: unauthenticated, forbidden.
  checked<void> may_submit(std::string_view kind) const;
  // Whether the key, token or session is still valid. Ask again after anything that may take long, such as an upload or
  // a wait. A refusal is written to the audit log, as one of `what` on the task. Refusal: unauthenticated.
  checked<void> still_known(std::string_view what, std::string_view request_id) const;
  // still_known() and may_submit() for a submission that is made now, which also takes one from its owner's submission
  // quota. Refusals: theirs, quota.
  struct share {
    checked<void> allowed;
    quotas::decision of;
  };
  share take_share(std::string_view kind) const;
  // A place among the open streams of the caller's owner, for as long as it lives. Refusal: quota.
  checked<places::place> stream_place() const;
  // Write to the audit log what was done or refused, and about which task.
  void tell_submitted(std::string_view request_id, const base::result<accepted_task>& outcome) const;
  void tell(std::string_view what, std::string_view request_id, int status) const;
  void tell_refused(std::string_view what, std::string_view request_id, const refusal& why) const;
  bool sees(const task_identity& t) const noexcept;

  // The only way to a task: finds its history, and waits for one that is not known here yet
  // (gateway.unknown_task_wait_ms). A task that the caller may not see gets the answer of an unknown id, after the same
  // time.
  // Refusals: unknown_task (also for text that is not an id), too_many_waiters, unavailable (this gateway accepted the
  // task and has not read it back yet).
  base::awaitable<checked<history_ptr>> task(std::string request_id) const;

  // Cancels the task unless it has ended, then waits until its end is read from the log, at most
  // gateway.unknown_task_wait_ms.
  // Refusals: those of task(), overloaded, unavailable.
  base::awaitable<checked<history_ptr>> canceled_task(std::string request_id) const;

  // Whether the caller may read the files of a task. With access control: if the task is known here and the caller may
  // see it. Without: always, also when the history is gone, because files can outlive it.
  base::awaitable<bool> may_read_files(std::string request_id) const;

  // The id of the caller's task with that kind and idempotency key. An empty key gives a random id.
  std::string request_id(std::string_view kind, std::string_view key) const;
  // A submission of this caller, without a payload. `key`: the client's idempotency key, or empty; then the id is
  // random.
  submission new_submission(std::string_view kind, std::string_view key) const;
  // The same with an id that was made before.
  submission new_submission(std::string_view kind, std::string_view key, std::string request_id) const;

 private:
  checked<void> still_known() const;

  services* services_;
  principal_ptr who_;
  request_origin from_;
};

// Lives until the request is answered.
struct call {
  http::request& request;
  caller by;
  quotas::decision share;  // the owner's submission quota; only set by submissions

  services& at() const noexcept { return by.at(); }
  // The task that the path names.
  base::awaitable<checked<history_ptr>> task() const { return by.task(std::string(request.param("id"))); }
};

using answering = base::awaitable<http::reply>;

}  // namespace streamdemo::gateway
