// Errors as clients see them: RFC 9457 problem details, one table from problem to status. Pure, thread-safe.
#pragma once
#include <streamdemo/base/error.hpp>
#include <streamdemo/http/message.hpp>

#include <string>
#include <string_view>

namespace streamdemo::gateway {

// In the order of the table in problem.cpp.
enum class problem {
  bad_request,
  bad_json,
  bad_cursor,
  bad_option,
  bad_upgrade,
  unauthenticated,
  forbidden,
  unknown_path,
  unknown_kind,
  unknown_task,
  unknown_file,
  not_ready,
  not_ended,
  gone,
  subscribed,
  not_subscribed,
  method,
  not_acceptable,
  timeout,
  precondition,
  too_large,
  target_too_long,
  media_type,
  content_encoding,
  range,
  invalid_input,
  key_reused,
  quota,
  too_many_waiters,
  too_many_subscriptions,
  headers_too_large,
  host,
  origin,
  subprotocol,
  websocket_version,
  internal,
  overloaded,
  unavailable,
  no_space,
};

struct problem_row {
  problem id;
  int status;
  std::string_view name;   // the last part of its type, "urn:streamdemo:problem:<name>"
  std::string_view title;  // the same for every occurrence
  int retry_after;         // seconds; 0: none
};

const problem_row& row_of(problem p) noexcept;
problem problem_of(base::errc code) noexcept;
// The problem for a status that the HTTP server itself answers.
problem problem_of_status(int status) noexcept;

// Why a request is refused. problem_response() makes the answer.
struct refusal {
  problem what = problem::internal;
  std::string detail;
  std::string members;
};

template <class T>
using checked = boost::system::result<T, refusal>;

// {"type":…,"title":…,"status":…,"detail":…}; `members`: more JSON members, without braces, or empty. `status`:
// replaces the table's status unless it is 0.
std::string problem_json(problem p, std::string_view detail, std::string_view members = {}, int status = 0);

http::response problem_response(problem p, std::string_view detail, std::string_view members = {}, int status = 0);
http::response problem_response(const refusal& r);
http::response problem_response(const base::error& e);
refusal refusal_of(const base::error& e);

// What a client is told of an error of the store of files: where that is, and why it cannot be used, is the operator's
// affair and stands in the log.
base::error for_clients(base::error of_files);

}  // namespace streamdemo::gateway
