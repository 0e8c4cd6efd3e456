// A request as the endpoints see it: what was asked, for whom, and the services that do it. On the connection's loop.
#pragma once
#include <streamdemo/http/stream.hpp>

#include "gateway/access/policy.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/services.hpp"

namespace streamdemo::gateway {

// Where a request comes from.
struct request_origin {
  std::string traceparent;  // W3C Trace Context, as it came; empty: none
  std::string tracestate;
  std::string peer;  // the address of the client, or of the proxy in front
};

// For whom something is done. A socket keeps one beside what it does for its client, when the request is long over.
class caller {
 public:
  // `s` outlives it.
  caller(services& s, principal_ptr who, request_origin from);

  services& at() const noexcept { return *services_; }
  const principal& who() const noexcept { return *who_; }
  const principal_ptr& shared_who() const noexcept { return who_; }
  // The same client, known anew.
  void is_now(principal_ptr who) noexcept { who_ = std::move(who); }

  // Refusal: forbidden. Of an operation on no task in particular, or before one is looked up.
  checked<void> may(action a) const;
  // Refusal: forbidden. To submit tasks of that kind.
  checked<void> may_submit(std::string_view kind) const;
  // Refusal: unauthenticated. Asked again after anything that took long: an upload, a wait.
  checked<void> still_known() const;
  // Both, for a submission that is to be made now, which its owner's share must have room for. Refusals: theirs, quota.
  struct share {
    checked<void> allowed;
    quotas::decision of;
  };
  share take_share(std::string_view kind) const;
  // For the audit: what was done, or not, about which task.
  void tell_submitted(std::string_view request_id, const base::result<accepted_task>& outcome) const;
  void tell(std::string_view what, std::string_view request_id, int status) const;
  void tell_refused(std::string_view what, std::string_view request_id, const refusal& why) const;
  bool sees(const task_view& v) const noexcept;

  // The one way to a task: its history, waited for a moment (gateway.unknown_task_wait_ms) when it is not known here
  // yet. A task of somebody else is answered as one that nobody has, and as late.
  // Refusals: unknown_task (also for what is no id), too_many_waiters, unavailable (this gateway made it and has
  // not read it back yet).
  base::awaitable<checked<history_ptr>> task(std::string request_id) const;

  // Ends the task unless it has ended, and waits a moment for the log to say which of the two it was.
  // Refusals: those of task(), overloaded, unavailable.
  base::awaitable<checked<history_ptr>> canceled_task(std::string request_id) const;

  // Files outlive histories: true when the caller may read those of a task that is known here, or, where nobody is
  // asked for a name, of any.
  base::awaitable<bool> may_read_files(std::string request_id) const;

  // The id of the caller's task of that key; a random one without.
  std::string request_id(std::string_view kind, std::string_view key) const;
  // A submission of this caller, without a payload. `key`: of the client, or empty; then the id is random.
  submission new_submission(std::string_view kind, std::string_view key) const;
  // The same where the id is known already.
  submission new_submission(std::string_view kind, std::string_view key, std::string request_id) const;

 private:
  services* services_;
  principal_ptr who_;
  request_origin from_;
};

// Lives as long as the request is answered.
struct call {
  http::request& request;
  caller by;
  quotas::decision share;  // of submissions, when one was asked for

  services& at() const noexcept { return by.at(); }
  // Of the task that the path names.
  base::awaitable<checked<history_ptr>> task() const { return by.task(std::string(request.param("id"))); }
};

using answering = base::awaitable<http::reply>;

}  // namespace streamdemo::gateway
