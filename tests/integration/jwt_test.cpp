// Tokens of an issuer, over real sockets, while the issuer changes its keys.
#include <doctest/doctest.h>

#include <fmt/format.h>

#include <fstream>
#include <functional>

#include "integration/app_fixture.hpp"
#include "unit/gateway/access/token_maker.hpp"

using namespace streamdemo;
using namespace streamdemo::test;

namespace {

// A gateway that knows one issuer by a file of its keys.
class issuer_app {
 public:
  explicit issuer_app(
      std::string public_url = "", const std::function<void(config::token_issuer&)>& more = [](auto&) {})
      : app_([&](config::settings& s) {
          s.gateway.public_url = std::move(public_url);
          file_ = s.artifacts.directory.parent_path() / "jwks.json";
          publish({&key_});
          s.auth.mode = config::auth_mode::jwt;
          s.auth.directory = file_.parent_path() / "auth";
          auto& i = s.auth.issuers["main"];
          i.issuer = "https://issuer.example";
          i.audience = {"streamdemo"};
          i.jwks = file_.string();
          i.scope_prefix = "api:";
          more(i);
        }) {}

  std::uint16_t port() const { return app_.port(); }
  std::uint16_t management_port() const { return app_.management_port(); }
  void publish(const std::vector<const signing_key*>& keys) {
    std::vector<std::string> texts;
    for (const auto* k : keys) texts.push_back(k->jwk());
    std::ofstream(file_, std::ios::trunc) << jwks(texts);
  }
  // What the request of who has such a token carries.
  fields as(const std::string& sub, const std::string& scope, int good_for = 3600,
            const std::string& aud = "streamdemo") {
    const auto now = std::chrono::system_clock::now().time_since_epoch() / std::chrono::seconds(1);
    const auto claims = fmt::format(R"({{"iss":"https://issuer.example","aud":"{}","sub":"{}","exp":{},"scope":"{}"}})",
                                    aud, sub, now + good_for, scope);
    return {{"Authorization", "Bearer " + token(key_, "ES256", R"({"typ":"at+jwt","alg":"ES256"})", claims)}};
  }

 private:
  signing_key key_ = signing_key::elliptic();
  std::filesystem::path file_;
  app_fixture app_;
};

fields as_json(fields f) {
  f.push_back({"Content-Type", "application/json"});
  return f;
}

}  // namespace

TEST_CASE("a token of the issuer is somebody, as far as its scopes go") {
  issuer_app app;
  const auto all = "api:tasks:submit api:tasks:read openid";
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto alice = app.as("alice", all);
    const auto made = co_await c.post("/api/simulate", R"({"results":1,"interval_ms":1})", as_json(alice));
    REQUIRE(made.status == 202);
    const auto task = "/api/tasks/" + string_at(parse(made.body), "request_id");
    CHECK((co_await c.get(task, alice)).status == 200);
    CHECK((co_await c.get(task, app.as("bob", all))).status == 404);
    CHECK((co_await c.get(task, app.as("root", "api:tasks:admin"))).status == 200);
    // Scopes of another service that has the same names say nothing here.
    CHECK((co_await c.get(task, app.as("alice", "tasks:read"))).status == 403);
    const auto reads = app.as("alice", "api:tasks:read");
    CHECK((co_await c.get(task, reads)).status == 200);
    CHECK((co_await c.post("/api/simulate", R"({"results":1})", as_json(reads))).status == 403);
    const auto expired = co_await c.get(task, app.as("alice", all, -1));
    CHECK(expired.status == 401);
    CHECK(expired.header("WWW-Authenticate").find("expired") != std::string_view::npos);
    CHECK((co_await c.get(task, app.as("alice", all, 3600, "another service"))).status == 401);
    CHECK((co_await c.get(task)).status == 401);
    caller m(co_await asio::this_coro::executor, app.management_port());
    const auto numbers = co_await m.get("/metrics");
    CHECK(numbers.body.find("streamdemo_auth_tokens_refused_total{reason=\"audience\"} 1\n") != std::string::npos);
    CHECK(numbers.body.find("streamdemo_auth_tokens_refused_total{reason=\"expired\"} 1\n") != std::string::npos);
  });
}

TEST_CASE("a key that its issuer withdraws ends the streams of its tokens") {
  issuer_app app;
  const auto other = signing_key::elliptic();
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    const auto alice = app.as("alice", "api:tasks:submit api:tasks:read");
    caller c(ex, app.port());
    REQUIRE((co_await c.raw().open_websocket("/api/stream", alice, in_time())).has_value());
    const auto sent = co_await c.raw().write_message(
        R"({"action":"submit","kind":"simulate","payload":{"results":1000,"interval_ms":20}})", in_time());
    REQUIRE(sent.has_value());
    REQUIRE((co_await c.raw().read_message(in_time())).has_value());
    app.publish({&other});
    std::string last;
    for (;;) {
      const auto m = co_await c.raw().read_message(in_time());
      if (!m) {
        CHECK(m.error().message.find("3000") != std::string::npos);
        break;
      }
      last = *m;
    }
    CHECK(last == R"({"type":"reconnect","reason":"signed out"})");
    CHECK((co_await c.get("/api/tasks", alice)).status == 401);
  });
}

TEST_CASE("a page learns with whom one can sign in, and may talk to that issuer alone") {
  const auto policy_and_session = [](issuer_app& app) {
    std::pair<std::string, std::string> out;
    run([&]() -> base::awaitable<void> {
      caller c(co_await asio::this_coro::executor, app.port());
      out.first = (co_await c.get("/")).header("Content-Security-Policy");
      out.second = (co_await c.get("/api/session")).body;
    });
    return out;
  };
  issuer_app plain;
  const auto [all, nobody] = policy_and_session(plain);
  CHECK(all.find("connect-src") == std::string::npos);
  CHECK(nobody == "{\"authentication\":true,\"sign_in\":[],\"signed_in\":false}\n");
  issuer_app by_discovery("", [](config::token_issuer& i) { i.client_id = "pages"; });
  const auto [with_issuer, session] = policy_and_session(by_discovery);
  CHECK(with_issuer == all + "; connect-src 'self' https://issuer.example");
  CHECK(session == R"({"authentication":true,"sign_in":[{"issuer":"https://issuer.example","client_id":"pages",)"
                   R"("scope":"openid tasks:submit tasks:read tasks:cancel"}],"signed_in":false})"
                   "\n");
  issuer_app by_name("", [](config::token_issuer& i) {
    i.client_id = "pages";
    i.sign_in_scope = "api:tasks:read";
    i.sign_in_resource = "https://tasks.example";
    i.authorization_endpoint = "https://issuer.example/authorize";
    i.token_endpoint = "https://tokens.example:8443/token?x=/";
  });
  const auto [with_endpoint, named] = policy_and_session(by_name);
  CHECK(with_endpoint == all + "; connect-src 'self' https://tokens.example:8443");
  CHECK(named == R"({"authentication":true,"sign_in":[{"issuer":"https://issuer.example","client_id":"pages",)"
                 R"("scope":"api:tasks:read","resource":"https://tasks.example",)"
                 R"("authorization_endpoint":"https://issuer.example/authorize",)"
                 R"("token_endpoint":"https://tokens.example:8443/token?x=/"}],"signed_in":false})"
                 "\n");
}

TEST_CASE("who has no token is told where to get one, on the server's own word alone") {
  const std::string path = "/.well-known/oauth-protected-resource";
  issuer_app app("https://tasks.example");
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto told = co_await c.get(path);
    CHECK(told.status == 200);
    CHECK(told.header("Content-Type") == "application/json");
    CHECK(told.body ==
          R"({"resource":"https://tasks.example","authorization_servers":["https://issuer.example"],)"
          R"("scopes_supported":["api:tasks:admin","api:tasks:cancel","api:tasks:read","api:tasks:submit"],)"
          R"("bearer_methods_supported":["header"]})"
          "\n");
    const auto where = "resource_metadata=\"https://tasks.example" + path + '"';
    CHECK((co_await c.get("/api/tasks")).header("WWW-Authenticate") == "Bearer realm=\"streamdemo\", " + where);
    const auto narrow = co_await c.post("/api/simulate", "{}", as_json(app.as("alice", "api:tasks:read")));
    CHECK(narrow.status == 403);
    CHECK(
        narrow.header("WWW-Authenticate").find(where + ", error=\"insufficient_scope\", scope=\"api:tasks:submit\"") !=
        std::string_view::npos);
    // A page that may call must be able to read both.
    const fields page(1, {"Origin", "https://tasks.example"});
    CHECK((co_await c.get(path, page)).header("Access-Control-Allow-Origin") == "https://tasks.example");
    const auto exposed = co_await c.get("/api/tasks", page);
    CHECK(exposed.header("Access-Control-Expose-Headers").find("WWW-Authenticate") != std::string_view::npos);
  });
  // The request's Host is whatever the client likes.
  issuer_app nameless;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, nameless.port());
    CHECK((co_await c.get(path)).status == 404);
    CHECK((co_await c.get("/api/tasks")).header("WWW-Authenticate") == "Bearer realm=\"streamdemo\"");
  });
}
