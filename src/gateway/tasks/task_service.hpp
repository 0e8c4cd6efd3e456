// From a checked request to a durable task: `accepted` to `response`, and when that is acknowledged the task to
// `request`; cancel and expiry as an `ended` without a run. The only part of the gateway that writes records of
// tasks. Implementation on loop 0; the calls below may be made from any loop and resume there.
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
  bool has_idempotency_key = false;            // then an earlier task of the same id is no accident
  std::string payload_hash;                    // SHA-256 of what the client sent (for uploads: content and options)
  std::string owner;                           // whose it is; empty: nobody's
  std::string traceparent;
  std::string tracestate;
  // The committed upload that the payload names, if it does. It is kept once a request that names it may be in the log,
  // and removed in every other case.
  std::shared_ptr<artifacts::upload> input;
};

struct accepted_task {
  std::string request_id;
  history_ptr history;    // nullptr: its `accepted` is in the log, but this gateway has not read so far yet
  bool repeated = false;  // an earlier submission with this idempotency key
};

class task_service {
 public:
  virtual ~task_service() = default;

  // Random, or, with a key, the id of the task of that owner, kind and key: the same at every gateway. Any thread.
  virtual std::string new_request_id(std::string_view owner, std::string_view kind,
                                     std::string_view idempotency_key) const = 0;

  // Both records acknowledged, however far behind the log this gateway is. Errors: full, unavailable, timed_out (each:
  // retry later), conflict (same key, other payload), too_large, closed (draining).
  virtual base::awaitable<base::result<accepted_task>> submit(submission s) = 0;

  // The owner of a task that this gateway handed over and has not read back yet: it exists, whatever the histories say.
  // nullopt: there is none of that id. Any thread.
  virtual std::optional<std::string> owner_of_unread(std::string_view request_id) const = 0;

  // Writes the `ended` (canceled) unless the task has ended. Idempotent. Errors: not_found, full, unavailable,
  // timed_out.
  virtual base::awaitable<base::result<void>> cancel(std::string request_id) = 0;

  // Writes that the data of a task that has ended is to be deleted: every gateway that reads it forgets the history and
  // removes the files. Waits a moment until this one has. Errors: not_found, invalid_argument (it has not ended), full,
  // unavailable, timed_out.
  virtual base::awaitable<base::result<void>> erase_data(std::string request_id) = 0;
};

}  // namespace streamdemo::gateway
