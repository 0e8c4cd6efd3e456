#include <algorithm>
#include <streamdemo/base/open_files.hpp>
#include <streamdemo/base/secret.hpp>
#include <streamdemo/base/text.hpp>
#include <streamdemo/http/fields/bearer.hpp>
#include <streamdemo/http/host.hpp>
#include <streamdemo/http/router.hpp>
#include <streamdemo/management/management.hpp>

#include "management/process.hpp"

namespace streamdemo::management {

namespace {

http::response text(int status, std::string body) {
  http::response r;
  r.status = status;
  r.set("Content-Type", "text/plain; charset=utf-8").set("Cache-Control", "no-store");
  r.body = std::move(body);
  return r;
}

http::response error_page(int status, std::string_view detail) {
  return text(status, std::string(detail) + "\n");
}

class endpoints {
 public:
  endpoints(readiness ready, base::metrics& numbers, std::vector<std::string> allowed_hosts, std::string token)
      : ready_(std::move(ready)),
        allowed_hosts_(std::move(allowed_hosts)),
        token_(std::move(token)),
        numbers_(numbers),
        router_({{http::verb::get, "/healthz", [this](http::request&) { return healthz(); }},
                 {http::verb::get, "/readyz", [this](http::request&) { return readyz(); }},
                 {http::verb::get, "/metrics", [this](http::request&) { return metrics(); }}}) {}

  base::awaitable<http::reply> answer(http::request& r) {
    if (!answers_to(http::host_name(r.authority()))) {
      co_return text(403, "this server does not answer for that name; list it in management.allowed_hosts\n");
    }
    if (!is_probe(r.path) && !shows_token(r)) {
      auto refused = text(401, "show the token of management.token_file: Authorization: Bearer …\n");
      refused.set("WWW-Authenticate", "Bearer realm=\"streamdemo management\"");
      co_return refused;
    }
    const auto match = router_.find(r);
    if (match.found != nullptr) co_return co_await match.found->run(r);
    if (match.allow.empty()) co_return text(404, "there is /healthz, /readyz and /metrics\n");
    auto refused = text(r.verb == http::verb::options ? 204 : 405, "");
    refused.set("Allow", match.allow);
    co_return refused;
  }

 private:
  // An empty Host is allowed, since some old probes send none and browsers always do. So is a name without a dot,
  // which nobody can register in the public DNS.
  bool answers_to(std::string_view name) const {
    return name.find_first_of(".:") == std::string_view::npos || http::is_nobodys_else(name) ||
           std::any_of(allowed_hosts_.begin(), allowed_hosts_.end(),
                       [&](const auto& allowed) { return base::same_word(allowed, name); });
  }

  static bool is_probe(std::string_view path) noexcept { return path == "/healthz" || path == "/readyz"; }
  bool shows_token(const http::request& r) const noexcept {
    return token_.empty() || base::same_secret(http::bearer_token(r.header("Authorization")).value_or(""), token_);
  }

  base::awaitable<http::reply> healthz() { co_return text(200, "ok\n"); }

  base::awaitable<http::reply> readyz() {
    const auto why_not = ready_();
    if (!why_not) co_return text(200, "ready\n");
    auto r = text(503, *why_not + "\n");
    r.set("Retry-After", "1");
    co_return r;
  }

  base::awaitable<http::reply> metrics() {
    auto body = numbers_.expose() + expose_ready(!ready_());
    if (const auto process = this_process()) body += expose(*process);
    body += expose_open_files(base::count_open_files(), base::limit_of_open_files().soft);
    http::response r;
    r.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8").set("Cache-Control", "no-store");
    r.body = std::move(body);
    co_return r;
  }

  const readiness ready_;
  const std::vector<std::string> allowed_hosts_;
  const std::string token_;  // empty: none is asked for
  base::metrics& numbers_;
  const http::router router_;
};

}  // namespace

std::unique_ptr<http::server> make_management(options given, base::io_threads& threads, readiness ready,
                                              base::metrics& metrics, const base::logger& log) {
  http::server_options o;
  o.name = "management";
  o.listen = std::move(given.listen);
  o.port = given.port;
  o.max_connections = 100;
  o.descriptors_below = given.descriptors_below;
  o.refusals_below = given.descriptors_below;
  o.max_header_bytes = 8192;
  const auto table =
      std::make_shared<endpoints>(std::move(ready), metrics, std::move(given.allowed_hosts), std::move(given.token));
  return http::make_server(
      std::move(o), threads, [table](http::request& r) { return table->answer(r); }, error_page, metrics, log);
}

}  // namespace streamdemo::management
