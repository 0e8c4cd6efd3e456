#include "gateway/api/problem.hpp"

#include <streamdemo/base/json.hpp>

#include <array>

namespace streamdemo::gateway {

namespace {

// In the order of the enumeration.
constexpr auto problem_table() {
  using enum problem;
  return std::array{
      problem_row{bad_request, 400, "bad-request", "The request is malformed", 0},
      problem_row{bad_json, 400, "bad-json", "The body is not the JSON that was expected", 0},
      problem_row{bad_cursor, 400, "bad-cursor", "The cursor is not a number from 0", 0},
      problem_row{bad_option, 400, "bad-option", "An option is wrong", 0},
      problem_row{bad_upgrade, 400, "bad-upgrade", "The WebSocket upgrade is malformed", 0},
      problem_row{unauthenticated, 401, "unauthenticated", "Who calls is not known", 0},
      problem_row{forbidden, 403, "forbidden", "Who calls may not do this", 0},
      problem_row{unknown_path, 404, "unknown-path", "There is nothing at this path", 0},
      problem_row{unknown_kind, 404, "unknown-kind", "There is no such kind of task", 0},
      problem_row{unknown_task, 404, "unknown-task", "The task is unknown", 0},
      problem_row{unknown_file, 404, "unknown-file", "There is no such file", 0},
      problem_row{not_ready, 404, "not-ready", "The task has not ended yet", 1},
      problem_row{not_ended, 409, "not-ended", "The task has not ended", 0},
      problem_row{gone, 410, "gone", "A part of the history is no longer kept", 0},
      problem_row{subscribed, 409, "already-subscribed", "This socket follows the task already", 0},
      problem_row{not_subscribed, 404, "not-subscribed", "This socket does not follow the task", 0},
      problem_row{method, 405, "method-not-allowed", "The method is not allowed here", 0},
      problem_row{not_acceptable, 406, "not-acceptable", "None of the accepted media types is offered", 0},
      problem_row{timeout, 408, "timeout", "The request took too long", 0},
      problem_row{precondition, 412, "precondition", "A condition of the request is not met", 0},
      problem_row{too_large, 413, "too-large", "The body is too large", 0},
      problem_row{target_too_long, 414, "target-too-long", "The request target is too long", 0},
      problem_row{media_type, 415, "media-type", "The body's media type is not taken", 0},
      problem_row{content_encoding, 415, "content-encoding", "The body's content encoding is not taken", 0},
      problem_row{range, 416, "range", "The range is not within the file", 0},
      problem_row{invalid_input, 422, "invalid-input", "The input is not what this kind of task takes", 0},
      problem_row{key_reused, 422, "key-reused", "The idempotency key was used for another payload", 0},
      problem_row{quota, 429, "quota", "Your share is used up", 1},
      problem_row{too_many_waiters, 429, "too-many-waiters", "Too many requests wait for unknown tasks", 2},
      problem_row{too_many_subscriptions, 429, "too-many-subscriptions", "This socket follows as many tasks as it may",
                  2},
      problem_row{headers_too_large, 431, "headers-too-large", "The header fields are too large", 0},
      problem_row{host, 403, "host", "The Host is not one of this server's names", 0},
      problem_row{origin, 403, "origin", "Pages of this origin may not call this server", 0},
      problem_row{subprotocol, 400, "subprotocol", "None of the offered WebSocket sub-protocols is spoken", 0},
      problem_row{websocket_version, 426, "websocket-version", "An upgrade to WebSocket, version 13, is due", 0},
      problem_row{internal, 500, "internal", "The server failed", 0},
      problem_row{overloaded, 503, "overloaded", "The server is full", 2},
      problem_row{unavailable, 503, "unavailable", "The server cannot do this now", 2},
      problem_row{no_space, 507, "no-space", "There is no space left for files", 0},
  };
}
constexpr auto problems = problem_table();

constexpr bool in_order() {
  for (std::size_t i = 0; i < problems.size(); ++i) {
    if (problems[i].id != static_cast<problem>(i)) return false;
  }
  return problems.size() == static_cast<std::size_t>(problem::no_space) + 1;
}
static_assert(in_order());

}  // namespace

const problem_row& row_of(problem p) noexcept {
  return problems[static_cast<std::size_t>(p)];
}

problem problem_of(base::errc code) noexcept {
  using base::errc;
  using enum problem;
  switch (code) {
    case errc::invalid_argument:
      return bad_request;
    case errc::not_found:
      return unknown_task;
    case errc::already_exists:
    case errc::conflict:
      return key_reused;
    case errc::too_large:
      return too_large;
    case errc::unsupported:
      return media_type;
    case errc::full:
      return overloaded;
    case errc::quota:
      return quota;
    case errc::unavailable:
    case errc::timed_out:
    case errc::canceled:
    case errc::closed:
      return unavailable;
    case errc::position_lost:
      return gone;
    case errc::no_space:
      return no_space;
    case errc::corrupt:
      return bad_request;
    case errc::io:
    case errc::internal:
      return internal;
  }
  return internal;
}

problem problem_of_status(int status) noexcept {
  using enum problem;
  switch (status) {
    case 400:
      return bad_request;
    case 405:
      return method;
    case 408:
      return timeout;
    case 413:
      return too_large;
    case 414:
      return target_too_long;
    case 417:
    case 505:
      return bad_request;
    case 426:
      return websocket_version;
    case 429:
      return too_many_waiters;
    case 431:
      return headers_too_large;
    case 503:
      return overloaded;
    default:
      return status >= 500 ? internal : bad_request;
  }
}

std::string problem_json(problem p, std::string_view detail, std::string_view members, int status) {
  const auto& row = row_of(p);
  std::string out = "{\"type\":\"urn:streamdemo:problem:";
  out += row.name;
  out += "\",\"title\":";
  base::append_json_string(out, row.title);
  out += ",\"status\":";
  out += std::to_string(status != 0 ? status : row.status);
  out += ",\"detail\":";
  base::append_json_string(out, base::is_utf8(detail) ? detail : row.title);
  if (!members.empty()) {
    out += ',';
    out += members;
  }
  out += "}\n";
  return out;
}

http::response problem_response(problem p, std::string_view detail, std::string_view members, int status) {
  const auto& row = row_of(p);
  http::response r;
  r.status = status != 0 ? status : row.status;
  r.set("Content-Type", "application/problem+json");
  if (row.retry_after > 0) r.set("Retry-After", std::to_string(row.retry_after));
  r.body = problem_json(p, detail, members, status);
  return r;
}

http::response problem_response(const refusal& r) {
  return problem_response(r.what, r.detail, r.members);
}

base::error for_clients(base::error of_files) {
  if (problem_of(of_files.code) == problem::unavailable) {
    of_files.message = "files cannot be reached now; try again in a while";
  }
  return of_files;
}

refusal refusal_of(const base::error& e) {
  return {problem_of(e.code), e.message, {}};
}

http::response problem_response(const base::error& e) {
  return problem_response(problem_of(e.code), e.message);
}

}  // namespace streamdemo::gateway
