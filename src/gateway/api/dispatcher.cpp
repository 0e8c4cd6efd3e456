#include "gateway/api/dispatcher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <streamdemo/base/text.hpp>
#include <streamdemo/http/fields/content_encoding.hpp>

#include "gateway/api/body/protected_resource.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/request_span.hpp"

namespace streamdemo::gateway {

namespace {

std::vector<http::field>& fields_of(http::reply& r) {
  return std::visit([](auto& x) -> std::vector<http::field>& { return x.fields; }, r);
}

void set_constant_fields(http::reply& r, std::string_view fields) {
  std::visit([&](auto& x) { x.constant_fields = fields; }, r);
}

bool has(const std::vector<http::field>& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& f) { return base::same_word(f.name, name); });
}

// Vary names headers also if the request has none of them: a cache must know that with other values the answer may
// differ.
constexpr std::string_view fields_of_pages = "X-Content-Type-Options: nosniff\r\n";
constexpr std::string_view fields_of_answers =
    "X-Content-Type-Options: nosniff\r\n"
    "Vary: Accept, Prefer, Origin, Authorization, Cookie\r\n";

void add_common(http::reply& reply, const http::request& r, std::string_view allowed_origin) {
  // Answers for programs, not the files of the web pages.
  const bool api = r.path.starts_with("/api") || r.path == protected_resource_path;
  set_constant_fields(reply, api ? fields_of_answers : fields_of_pages);
  auto& fields = fields_of(reply);
  if (!has(fields, "Cache-Control")) fields.push_back({"Cache-Control", "no-store"});
  if (!api || allowed_origin.empty()) return;
  fields.push_back({"Access-Control-Allow-Origin", std::string(allowed_origin)});
  fields.push_back({"Access-Control-Allow-Credentials", "true"});
  fields.push_back(
      {"Access-Control-Expose-Headers", "Location, Retry-After, ETag, Preference-Applied, WWW-Authenticate"});
}

constexpr std::size_t max_shown_coding = 64;

// 415 for a body with a content coding, because no endpoint decodes bodies. Accept-Encoding tells what is accepted (RFC
// 9110 section 15.5.16).
std::optional<http::response> refuse_encoded_body(const http::request& r) {
  if (!r.has_header("Content-Encoding") || r.body->content_length() == 0) return std::nullopt;
  const auto field = r.joined_header("Content-Encoding");
  const auto coding = http::coding_of(field);
  if (coding.empty()) return std::nullopt;
  auto answer = problem_response(problem::content_encoding,
                                 "a body with Content-Encoding \"" + std::string(coding.substr(0, max_shown_coding)) +
                                     "\" is not taken here; send it as it is, without that header");
  answer.set("Accept-Encoding", "identity");
  return answer;
}

request_origin origin_of(const http::request& r) {
  constexpr std::size_t max_parent = 256;
  constexpr std::size_t max_state = 512;
  return {std::string(r.header("traceparent").substr(0, max_parent)),
          std::string(r.header("tracestate").substr(0, max_state)), r.peer};
}

// Tells the client what is left of its submission quota (draft-ietf-httpapi-ratelimit-headers-10).
void add_share(std::vector<http::field>& fields, const quotas::decision& d, const quotas::options& o) {
  if (!d.bounded) return;
  fields.push_back(
      {"RateLimit-Policy", fmt::format("\"submissions\";q={};w={}", o.burst, std::max(1U, o.burst / o.per_second))});
  fields.push_back({"RateLimit", fmt::format("\"submissions\";r={};t={}", d.left, d.full_in.count())});
}

std::string_view name_of(action a) noexcept {
  switch (a) {
    case action::submit:
      return "submit";
    case action::cancel:
      return "cancel";
    case action::forget:
      return "delete";
    case action::ticket:
      return "ticket";
    default:
      return "look";
  }
}

// Audits the operations that change something, unless the answer is 401, 403 or 429.
void tell(const call& c, action a, const http::reply& r) {
  const auto* answer = std::get_if<http::response>(&r);
  const bool sent_away = answer != nullptr && (answer->status == 401 || answer->status == 403 || answer->status == 429);
  if (sent_away || !(a == action::cancel || a == action::forget || a == action::ticket)) return;
  c.by.tell(name_of(a), c.request.param("id"), answer == nullptr ? 200 : answer->status);
}

}  // namespace

dispatcher::dispatcher(services& s, std::span<const endpoint_row> table)
    : services_(s), challenges_(s.settings()), router_(routes_of(table)) {}

std::vector<http::route> dispatcher::routes_of(std::span<const endpoint_row> table) {
  std::vector<http::route> routes;
  for (const auto& row : table) {
    auto& count = services_.requests(row.verb, row.pattern);
    routes.push_back({row.verb, std::string(row.pattern), [this, &row, &count](http::request& r) {
                        count.Increment();
                        return run(row, r);
                      }});
  }
  return routes;
}

answering dispatcher::run(const endpoint_row& row, http::request& r) {
  auto from = origin_of(r);
  if (auto* const t = services_.traces()) {
    if (auto s = request_span::begin(*t, services_.clock(), from)) {
      return run_traced(row, r, std::move(from), std::move(s));
    }
  }
  return serve(row, r, std::move(from));
}

answering dispatcher::run_traced(const endpoint_row& row, http::request& r, request_origin from, tracing::span_ptr s) {
  request_span span(*services_.traces(), services_.clock(), std::move(s), r, row.pattern, from.peer);
  auto reply = co_await serve(row, r, std::move(from));
  span.answered(reply);
  co_return reply;
}

answering dispatcher::serve(const endpoint_row& row, http::request& r, request_origin from) {
  // Answered before any of the body is read.
  if (auto refused = refuse_encoded_body(r)) co_return std::move(*refused);
  auto who = services_.entrance().admit(r, row.what == action::read);
  // With a stale cookie one must still be able to load the page and sign in again.
  if (!who && row.what == action::open) who = nobody();
  if (!who && who.error() == denial::none_shown && row.what == action::greet) who = nobody();
  if (!who) {
    caller(services_, nobody(), std::move(from))
        .tell_refused(name_of(row.what), r.param("id"), {problem::unauthenticated, {}, {}});
    co_return challenges_.not_admitted(who.error());
  }
  call c{.request = r, .by = caller(services_, std::move(*who), std::move(from)), .share = {}};
  if (const auto allowed = c.by.may(row.what); !allowed) {
    c.by.tell_refused(name_of(row.what), r.param("id"), allowed.error());
    co_return challenges_.not_allowed(allowed.error(), row.what, c.by.who());
  }
  auto reply = co_await row.run(c);
  if (auto* answer = std::get_if<http::response>(&reply)) challenges_.complete(*answer);
  add_share(fields_of(reply), c.share, services_.shares().of());
  tell(c, row.what, reply);
  co_return reply;
}

base::awaitable<http::reply> dispatcher::answer(http::request& r) {
  const auto host = r.authority();
  const auto origin = r.header("Origin");
  const bool origin_allowed = origin.empty() || services_.origins().origin_allowed(origin, host);
  http::reply reply;
  // A request without a Host passes: some probes that speak HTTP/1.0 send none, and browsers always send one.
  if (!host.empty() && !services_.origins().host_allowed(host)) {
    reply = problem_response(problem::host,
                             "this server does not answer for that name; list its origin in gateway.allowed_origins");
  } else if (!origin_allowed && (r.websocket || !http::is_safe(r.verb))) {
    reply = problem_response(problem::origin, "list the page's origin in gateway.allowed_origins to let it call");
  } else if (const auto match = router_.find(r); match.found != nullptr) {
    reply = co_await match.found->run(r);
  } else {
    reply = without_endpoint(r, match.allow, origin_allowed && !origin.empty());
  }
  add_common(reply, r, origin_allowed ? origin : std::string_view{});
  co_return reply;
}

http::response dispatcher::without_endpoint(const http::request& r, const std::string& allow,
                                            bool origin_allowed) const {
  if (allow.empty()) return problem_response(problem::unknown_path, "there is nothing at this path");
  if (r.verb != http::verb::options) {
    auto answer = problem_response(problem::method, "the methods here are: " + allow);
    answer.set("Allow", allow);
    return answer;
  }
  http::response answer;
  answer.status = 204;
  answer.set("Allow", allow);
  if (origin_allowed && r.has_header("Access-Control-Request-Method")) {
    answer.set("Access-Control-Allow-Methods", allow);
    answer.set("Access-Control-Allow-Headers",
               "Content-Type, Prefer, Idempotency-Key, If-None-Match, Last-Event-ID, Range, If-Range, Cache-Control, "
               "traceparent, tracestate, Authorization, X-Requested-With");
    answer.set("Access-Control-Max-Age", "600");
  }
  return answer;
}

http::response dispatcher::error_page(int status, std::string_view detail) {
  auto answer = problem_response(problem_of_status(status), detail, {}, status);
  answer.set("Cache-Control", "no-store");
  return answer;
}

}  // namespace streamdemo::gateway
