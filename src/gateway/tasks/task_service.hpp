// Makes a checked request a durable task: writes `accepted` to `response` and, once that is acknowledged, the request
// to its topic. Cancels, expires and deletes tasks by records of the gateway. The only part of the gateway that writes
// records of tasks. Works on loop 0; the coroutines below may be called on any loop and resume there.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/base/asio.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/error.hpp>

#include <memory>
#include <optional>
#include <string>

#include "gateway/history/histories.hpp"

namespace streamdemo::gateway {

struct submission {
  std::string request_id;  // made by new_request_id(), so that an upload can be stored under it first
  std::string kind;
  std::string content_type = "application/json";
  std::string payload;
  std::optional<base::milliseconds> deadline;  // queueing included; at most tasks.max_deadline_ms
  bool has_idempotency_key = false;            // then the id may be that of an earlier task
  std::string payload_hash;                    // SHA-256 of what the client sent (for uploads: content and options)
  std::string owner;                           // empty: no owner
  std::string traceparent;
  std::string tracestate;
  // The committed upload that the payload names; nullptr: none. It is kept once a request that names it may be in the
  // log, and removed in every other case.
  std::shared_ptr<artifacts::upload> input;
};

struct accepted_task {
  std::string request_id;
  history_ptr history;    // nullptr: its `accepted` is in the log, but this gateway has not read it back yet
  bool repeated = false;  // the task was submitted before with this idempotency key
};

class task_service {
 public:
  virtual ~task_service() = default;

  // A random id, by which the new task's partition is chosen (placement); with a key, the id for that owner, kind and
  // key, which is the same at every gateway. Any thread.
  virtual std::string new_request_id(std::string_view owner, std::string_view kind,
                                     std::string_view idempotency_key) = 0;

  // Returns when both records are acknowledged, even if this gateway has not read the task back. Errors: full,
  // unavailable, timed_out (each: retry later), quota (the owner's open tasks), conflict (the key was used with another
  // payload, or its task was deleted), too_large, closed (draining).
  virtual base::awaitable<base::result<accepted_task>> submit(submission s) = 0;

  // The owner of a task that this gateway handed over and has not read back yet: it exists although the histories do
  // not have it. nullopt: there is no such task. Any thread.
  virtual std::optional<std::string> owner_of_unread(std::string_view request_id) const = 0;

  // Writes an `ended` (canceled) unless the task has ended, and waits a while until this gateway has read it.
  // Idempotent. Errors: not_found, full, unavailable, timed_out.
  virtual base::awaitable<base::result<void>> cancel(std::string request_id) = 0;

  // Writes a `deleted` record for a task that has ended: every gateway that reads it removes the history and the files.
  // Waits a while until this gateway has read it. Errors: not_found, invalid_argument (it has not ended), full,
  // unavailable, timed_out.
  virtual base::awaitable<base::result<void>> erase_data(std::string request_id) = 0;
};

}  // namespace streamdemo::gateway
