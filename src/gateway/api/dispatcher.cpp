#include "gateway/api/dispatcher.hpp"

#include <algorithm>

#include "gateway/api/content_encoding.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/api/text.hpp"

namespace streamdemo::gateway {

namespace {

std::vector<http::field>& fields_of(http::reply& r) {
  return std::visit([](auto& x) -> std::vector<http::field>& { return x.fields; }, r);
}

bool has(const std::vector<http::field>& fields, std::string_view name) {
  return std::any_of(fields.begin(), fields.end(), [&](const auto& f) { return same_word(f.name, name); });
}

bool safe(http::verb v) {
  return v == http::verb::get || v == http::verb::head || v == http::verb::options;
}

void add_common(std::vector<http::field>& fields, const http::request& r, std::string_view allowed_origin) {
  const bool api = r.path.starts_with("/api");
  if (!has(fields, "Cache-Control")) fields.push_back({"Cache-Control", "no-store"});
  fields.push_back({"X-Content-Type-Options", "nosniff"});
  // Whatever this request has: a cache must know that for another page the answer would be another.
  if (api) fields.push_back({"Vary", "Accept, Prefer, Origin"});
  if (!api || allowed_origin.empty()) return;
  fields.push_back({"Access-Control-Allow-Origin", std::string(allowed_origin)});
  fields.push_back({"Access-Control-Expose-Headers", "Location, Retry-After, ETag, Preference-Applied"});
}

}  // namespace

dispatcher::dispatcher(core& a) : a_(a), router_(make_routes(a)) {}

base::awaitable<http::reply> dispatcher::answer(http::request& r) {
  const auto host = r.authority();
  const auto origin = r.header("Origin");
  const bool origin_allowed = origin.empty() || a_.origins().origin_allowed(origin, host);
  http::reply reply;
  // No browser leaves the name out, as some probes that speak HTTP/1.0 do.
  if (!host.empty() && !a_.origins().host_allowed(host)) {
    reply = problem_response(problem::host,
                             "this server does not answer for that name; list its origin in gateway.allowed_origins");
  } else if (!origin_allowed && (r.websocket || !safe(r.verb))) {
    reply = problem_response(problem::origin, "list the page's origin in gateway.allowed_origins to let it call");
  } else if (const auto match = router_.find(r); match.found != nullptr) {
    // Told before a byte of the body is read: no endpoint undoes codings.
    if (auto refused = refuse_encoded_body(r)) {
      reply = std::move(*refused);
    } else {
      reply = co_await match.found->run(r);
    }
  } else {
    reply = without_endpoint(r, match.allow, origin_allowed && !origin.empty());
  }
  add_common(fields_of(reply), r, origin_allowed ? origin : std::string_view{});
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
               "traceparent, tracestate");
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
