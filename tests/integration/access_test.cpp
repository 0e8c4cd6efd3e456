// Who may do what, over real sockets: every operation of the described interface against everyone who could ask for it.
#include <doctest/doctest.h>

#include <map>
#include <set>
#include <streamdemo/gateway/access/key_file.hpp>

#include "integration/app_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::test;

namespace {

constexpr std::string_view unknown_id = "00000000-0000-4000-8000-000000000000";

// A gateway that asks for keys, and the keys of some.
class guarded_app {
 public:
  explicit guarded_app(const std::function<void(config::settings&)>& change = {})
      : app_([&](config::settings& s) {
          s.auth.mode = config::auth_mode::keys;
          s.auth.directory = s.artifacts.directory.parent_path() / "auth";
          file_ = s.auth.directory / "keys";
          const auto now = base::system_clock().now();
          const std::vector<std::string> all{"tasks:submit", "tasks:read", "tasks:cancel"};
          add("owner", {.subject = "alice", .scopes = all});
          add("another", {.subject = "bob", .scopes = all});
          add("expired", {.subject = "alice", .scopes = all, .expires = now - std::chrono::seconds(1)});
          add("reads only", {.subject = "alice", .scopes = {"tasks:read"}});
          add("submits only", {.subject = "alice", .scopes = {"tasks:submit"}});
          add("other kind", {.subject = "alice", .scopes = all, .kinds = {"process-video"}});
          add("administrator", {.subject = "root", .scopes = {"tasks:admin"}});
          if (change) change(s);
        }) {}

  std::uint16_t port() const { return app_.port(); }
  fields as(const std::string& who) const {
    fields f;
    if (!who.empty()) f.push_back({"Authorization", "Bearer " + keys_.at(who)});
    return f;
  }
  const std::string& key(const std::string& who) const { return keys_.at(who); }
  void add(const std::string& who, const gateway::key_wish& wish) {
    keys_[who] = *gateway::add_key(file_, wish, base::system_clock().now());
  }
  void revoke(const std::string& subject) {
    const auto all = gateway::read_keys(file_).value();
    for (const auto& k : all) {
      if (k.subject == subject) gateway::revoke_key(file_, k.id).value();
    }
  }

 private:
  std::filesystem::path file_;
  std::map<std::string, std::string> keys_;
  app_fixture app_;
};

base::awaitable<std::string> submitted(caller& c, fields f, std::string body = R"({"results":1,"interval_ms":1})") {
  f.push_back({"Content-Type", "application/json"});
  f.push_back({"Prefer", "wait=20"});
  const auto r = co_await c.send(http::verb::post, "/api/simulate", std::move(f), std::move(body));
  if (r.status != 200) throw std::runtime_error("submit: " + std::to_string(r.status) + " " + r.body);
  co_return string_at(parse(r.body), "request_id");
}

base::awaitable<std::string> ticket_for(caller& c, const std::string& id, fields f) {
  const auto made = co_await c.post("/api/tasks/" + id + "/ticket", "", std::move(f));
  co_return string_at(parse(made.body), "ticket");
}

http::verb verb_of(std::string_view name) {
  if (name == "get") return http::verb::get;
  if (name == "post") return http::verb::post;
  return http::verb::delete_;
}

// What an operation is about.
enum class about {
  everyone,    // needs nobody
  a_greeting,  // needs nobody yet: who one is comes in a message
  a_key,       // needs to be somebody
  own_tasks,   // the list
  submitting,  // a task of a kind
  reading,     // one task
  canceling,   // one task
  deleting,    // one task
  ticketing,   // one task, to show it to others
};

// A row for every operation; the test fails when the description has one that is not here.
const std::map<std::string, about> operations{
    {"post /api/{kind}", about::submitting},
    {"get /api/{kind}", about::submitting},
    {"get /api/stream", about::a_greeting},
    {"get /api/kinds", about::a_key},
    {"get /api/results/{id}", about::reading},
    {"get /api/tasks", about::own_tasks},
    {"get /api/tasks/{id}", about::reading},
    {"delete /api/tasks/{id}", about::deleting},
    {"get /api/tasks/{id}/events", about::reading},
    {"get /api/tasks/{id}/timeline", about::reading},
    {"post /api/tasks/{id}/cancel", about::canceling},
    {"post /api/tasks/{id}/ticket", about::ticketing},
    {"get /api/session", about::everyone},
    {"post /api/session", about::a_key},
    {"delete /api/session", about::everyone},
    {"get /api/artifacts/{id}/{name}", about::reading},
    {"get /.well-known/oauth-protected-resource", about::everyone},
    {"get /", about::everyone},
    {"get /{file}", about::everyone},
    {"get /{room}/{file}", about::everyone},
};

// The empty one shows nothing.
const std::vector<std::string> callers{
    "", "owner", "another", "expired", "reads only", "submits only", "other kind", "administrator", "ticket"};

std::string target_of(std::string pattern, std::string_view id) {
  const std::map<std::string, std::string> values{{"{kind}", "simulate"},
                                                  {"{id}", std::string(id)},
                                                  {"{name}", "clip.mp4"},
                                                  {"{room}", "shared"},
                                                  {"{file}", "style.css"}};
  for (const auto& [name, value] : values) {
    if (const auto at = pattern.find(name); at != std::string::npos) pattern.replace(at, name.size(), value);
  }
  return pattern;
}

// 401 and 403 are what they are; everything else depends on the operation.
struct expectation {
  int status;          // 0: neither 401 nor 403
  bool as_unknown_id;  // the answer is that for an id that nobody has
};

expectation expected(about what, const std::string& who) {
  if (what == about::everyone) return {0, false};
  // It reads the one task that it is for, and nothing else.
  if (who == "ticket") return {what == about::reading || what == about::a_greeting ? 0 : 401, false};
  if (what == about::a_greeting) return {who == "expired" ? 401 : 0, false};
  if (who.empty() || who == "expired") return {401, false};
  if (what == about::a_key) return {0, false};
  const bool changes = what == about::submitting || what == about::canceling || what == about::deleting;
  if (who == "reads only" && changes) return {403, false};
  if (who == "submits only" && what != about::submitting) return {403, false};
  if (who == "other kind" && what == about::submitting) return {403, false};
  const bool one_task =
      what == about::reading || what == about::ticketing || what == about::canceling || what == about::deleting;
  if (one_task && (who == "another" || who == "other kind")) return {404, true};
  return {0, false};
}

std::string without(std::string text, std::string_view part) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part)) text.erase(at, part.size());
  return text;
}

}  // namespace

TEST_CASE("every operation answers everyone as the policy says") {
  guarded_app app;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto described = co_await c.get("/openapi.json");
    std::set<std::string> seen;
    const auto document = parse(described.body);
    for (const auto& [path, verbs] : document.as_object().at("paths").as_object()) {
      for (const auto& [verb, operation] : verbs.as_object()) {
        // The path of one kind is a case of /api/{kind}.
        if (std::string_view(operation.at("operationId").as_string()).starts_with("submit_")) continue;
        const auto name = std::string(verb) + ' ' + std::string(path);
        CAPTURE(name);
        REQUIRE(operations.contains(name));
        seen.insert(name);
        auto id = co_await submitted(c, app.as("owner"));
        for (const auto& who : callers) {
          CAPTURE(who);
          const auto want = expected(operations.at(name), who);
          // What another caller has deleted would be unknown to everyone.
          if (operations.at(name) == about::deleting) id = co_await submitted(c, app.as("owner"));
          // Each on a connection of its own: some answers end it.
          caller one(co_await asio::this_coro::executor, app.port());
          auto f = who == "ticket" ? fields{} : app.as(who);
          auto target = target_of(std::string(path), id);
          if (who == "ticket") target += "?ticket=" + co_await ticket_for(c, id, app.as("owner"));
          if (verb == "post") f.push_back({"Content-Type", "application/json"});
          const auto body = verb == "post" ? std::string("{}") : std::string();
          const auto r = co_await one.send(verb_of(verb), target, f, body);
          CAPTURE(r.body);
          if (want.status == 0) {
            CHECK(r.status != 401);
            CHECK(r.status != 403);
          } else {
            CHECK(r.status == want.status);
          }
          if (r.status == 401) CHECK(r.header("WWW-Authenticate").starts_with("Bearer realm="));
          if (!want.as_unknown_id) continue;
          const auto unknown = co_await one.send(verb_of(verb), target_of(std::string(path), unknown_id), f, body);
          CHECK(r.status == unknown.status);
          CHECK(without(r.body, id) == without(unknown.body, unknown_id));
        }
      }
    }
    CHECK(seen.size() == operations.size());
  });
}

TEST_CASE("the list shows what is one's own, and everything to an administrator") {
  guarded_app app;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto alices = co_await submitted(c, app.as("owner"));
    const auto bobs = co_await submitted(c, app.as("another"));
    const auto list = [&](const std::string& who, std::string query) -> base::awaitable<std::vector<std::string>> {
      const auto r = co_await c.get("/api/tasks" + query, app.as(who));
      std::vector<std::string> ids;
      for (const auto& t : objects_of(r.body, "tasks")) ids.push_back(string_at(parse(t), "request_id"));
      co_return ids;
    };
    const std::vector<std::string> of_alice(1, alices);
    const std::vector<std::string> of_bob(1, bobs);
    auto of_both = of_bob;
    of_both.push_back(alices);
    CHECK(co_await list("owner", "") == of_alice);
    CHECK(co_await list("another", "") == of_bob);
    CHECK(co_await list("administrator", "") == of_both);
    CHECK(co_await list("administrator", "?limit=1") == of_bob);
    CHECK((co_await list("other kind", "")).empty());
    CHECK(co_await list("owner", "?kind=simulate&status=succeeded") == of_alice);
    CHECK((co_await list("owner", "?kind=process-video")).empty());
    CHECK((co_await list("owner", "?status=failed")).empty());
    CHECK((co_await c.get("/api/tasks?status=sucess", app.as("owner"))).status == 400);
  });
}

TEST_CASE("one idempotency key of two subjects is two tasks") {
  guarded_app app;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto with_key = [&](const std::string& who) {
      auto f = app.as(who);
      f.push_back({"Idempotency-Key", "the same"});
      return f;
    };
    const auto alices = co_await submitted(c, with_key("owner"));
    const auto bobs = co_await submitted(c, with_key("another"));
    CHECK(alices != bobs);
    CHECK(co_await submitted(c, with_key("owner")) == alices);
  });
}

TEST_CASE("a browser signs in, does its work from our own page, and signs out") {
  guarded_app app;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto opened = co_await c.post("/api/session", "{}", app.as("owner"));
    REQUIRE(opened.status == 201);
    const auto set = std::string(opened.header("Set-Cookie"));
    CHECK(set.find("; HttpOnly; SameSite=Strict") != std::string::npos);
    CHECK(set.find(app.key("owner")) == std::string::npos);
    const auto cookie = set.substr(0, set.find(';'));
    const auto own = "http://127.0.0.1:" + std::to_string(app.port());
    const auto with = [&](std::string origin) {
      fields f;
      f.push_back({"Cookie", cookie});
      if (!origin.empty()) f.push_back({"Origin", std::move(origin)});
      return f;
    };
    CHECK(string_at(parse((co_await c.get("/api/session", with(""))).body), "subject") == "alice");
    // Reading needs no origin; what changes something does, and it must be ours.
    CHECK((co_await c.get("/api/tasks", with(""))).status == 200);
    CHECK((co_await c.post("/api/simulate", "{}", with(""))).status == 403);
    CHECK((co_await c.post("/api/simulate", "{}", with("http://localhost:1"))).status == 403);
    CHECK((co_await c.post("/api/simulate", "{}", with(own))).status == 202);
    // A session opens no session, and a bad token is not helped by a good cookie.
    const auto again = co_await c.post("/api/session", "{}", with(own));
    CHECK(again.status == 401);
    CHECK(again.header("WWW-Authenticate") == "Bearer realm=\"streamdemo\"");
    auto both = with(own);
    both.push_back({"Authorization", "Bearer wrong"});
    CHECK((co_await c.get("/api/tasks", both)).status == 401);
    const auto closed = co_await c.send(http::verb::delete_, "/api/session", with(own));
    CHECK(closed.status == 204);
    CHECK(closed.header("Set-Cookie").find("Max-Age=0") != std::string_view::npos);
    CHECK((co_await c.get("/api/tasks", with(""))).status == 401);
    CHECK((co_await c.get("/", with(""))).status == 200);
  });
}

TEST_CASE("a ticket reads its task and nothing else") {
  guarded_app app;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto id = co_await submitted(c, app.as("owner"));
    const auto other = co_await submitted(c, app.as("owner"));
    const auto made = co_await c.post("/api/tasks/" + id + "/ticket", "", app.as("owner"));
    REQUIRE(made.status == 201);
    const auto query = "?ticket=" + string_at(parse(made.body), "ticket");
    CHECK((co_await c.get("/api/tasks/" + id + query)).status == 200);
    CHECK((co_await c.get("/api/results/" + id + query)).status == 200);
    CHECK((co_await c.get("/api/tasks/" + other + query)).status == 404);
    CHECK((co_await c.get("/api/tasks" + query)).status == 401);
    CHECK((co_await c.post("/api/tasks/" + id + "/cancel" + query, "")).status == 401);
    CHECK((co_await c.post("/api/tasks/" + id + "/ticket" + query, "")).status == 401);
    CHECK((co_await c.post("/api/session" + query, "")).status == 401);
  });
}

TEST_CASE("a key that is taken away ends its streams within seconds, and no other's") {
  guarded_app app;
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    const auto stream = [&](caller& c, const std::string& who) -> base::awaitable<void> {
      const auto opened = co_await c.raw().open_websocket("/api/stream", app.as(who), in_time());
      if (!opened) throw std::runtime_error(opened.error().message);
      const auto sent = co_await c.raw().write_message(
          R"({"action":"submit","kind":"simulate","payload":{"results":1000,"interval_ms":20}})", in_time());
      if (!sent) throw std::runtime_error(sent.error().message);
      co_await c.raw().read_message(in_time());
    };
    caller alice(ex, app.port());
    caller bob(ex, app.port());
    co_await stream(alice, "owner");
    co_await stream(bob, "another");
    app.revoke("alice");
    std::string last;
    for (;;) {
      const auto m = co_await alice.raw().read_message(in_time());
      if (!m) {
        CHECK(m.error().message.find("3000") != std::string::npos);
        break;
      }
      last = *m;
    }
    CHECK(last == R"({"type":"reconnect","reason":"signed out"})");
    CHECK((co_await bob.raw().read_message(in_time())).has_value());
  });
}

TEST_CASE("a stream ends when its key does, and says so before") {
  guarded_app app;
  app.add("short", {.subject = "carol",
                    .scopes = {"tasks:submit", "tasks:read"},
                    .expires = base::system_clock().now() + std::chrono::seconds(4)});
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    // The file is read again within a second.
    for (;;) {
      const auto r = co_await c.get("/api/session", app.as("short"));
      if (r.body.find("carol") != std::string::npos) break;
    }
    auto f = app.as("short");
    f.push_back({"Content-Type", "application/json"});
    f.push_back({"Accept", "application/x-ndjson"});
    const auto r =
        co_await c.raw().send(http::verb::post, "/api/simulate", f, R"({"results":1000,"interval_ms":20})", in_time());
    // It is cut, so that nobody takes it for the end.
    REQUIRE_FALSE(r.has_value());
    caller later(co_await asio::this_coro::executor, app.port());
    CHECK((co_await later.get("/api/tasks", app.as("short"))).status == 401);
  });
}

TEST_CASE("on an open socket one says who one is, renews it, and stays who one is") {
  guarded_app app;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto say = [&](std::string text) -> base::awaitable<std::string> {
      const auto sent = co_await c.raw().write_message(std::move(text), in_time());
      if (!sent) co_return "closed";
      const auto m = co_await c.raw().read_message(in_time());
      co_return m ? *m : m.error().message;
    };
    REQUIRE((co_await c.raw().open_websocket("/api/stream", {}, in_time())).has_value());
    const std::string submit = R"({"action":"submit","kind":"simulate","payload":{"results":1}})";
    CHECK((co_await say(submit)).find("unauthenticated") != std::string::npos);
    CHECK((co_await say(R"({"action":"authenticate","token":"wrong"})")).find("unauthenticated") != std::string::npos);
    const auto token = [&](const std::string& who) {
      return R"({"action":"authenticate","token":")" + app.key(who) + "\"}";
    };
    CHECK(co_await say(token("owner")) == R"({"type":"answer","to":"authenticate","subject":"alice"})");
    CHECK((co_await say(submit)).find("\"to\":\"submit\"") != std::string::npos);
    std::string last = co_await say(token("another"));
    while (last.find("\"seq\"") != std::string::npos) {
      const auto m = co_await c.raw().read_message(in_time());
      last = m ? *m : m.error().message;
    }
    CHECK(last.find("forbidden") != std::string::npos);
    const auto end = co_await c.raw().read_message(in_time());
    REQUIRE_FALSE(end.has_value());
    CHECK(end.error().message.find("3000") != std::string::npos);
  });
}

TEST_CASE("an owner's share is bounded, and another's is not touched by it") {
  guarded_app app([](config::settings& s) {
    s.quota.submissions_per_second = 1;
    s.quota.submission_burst = 5;
    s.quota.open_tasks = 2;
  });
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto submit = [&](const std::string& who) {
      return c.post("/api/simulate", R"({"results":2,"interval_ms":10000})", app.as(who));
    };
    const auto first = co_await submit("owner");
    CHECK(first.status == 202);
    CHECK(first.header("RateLimit-Policy") == R"("submissions";q=5;w=5)");
    CHECK(first.header("RateLimit").starts_with(R"("submissions";r=4;)"));
    CHECK((co_await submit("owner")).status == 202);
    // Two are open; then the burst is used up, too.
    for (int i = 0; i < 4; ++i) {
      const auto r = co_await submit("owner");
      CHECK(r.status == 429);
      CHECK(r.header("Retry-After") == "1");
      CHECK(r.body.find(i < 3 ? "quota.open_tasks" : "quota.submissions_per_second") != std::string::npos);
    }
    CHECK((co_await submit("another")).status == 202);
    CHECK((co_await submit("administrator")).status == 202);
  });
}

TEST_CASE("what took long since it was admitted is judged again") {
  guarded_app app;
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    caller socket(ex, app.port());
    caller c(ex, app.port());
    REQUIRE((co_await socket.raw().open_websocket("/api/simulate", app.as("owner"), in_time())).has_value());
    app.revoke("alice");
    for (int status = 200; status != 401;) status = (co_await c.get("/api/tasks", app.as("owner"))).status;
    REQUIRE((co_await socket.raw().write_message(R"({"results":1})", in_time())).has_value());
    const auto answer = co_await socket.raw().read_message(in_time());
    REQUIRE(answer.has_value());
    CHECK(answer->find("unauthenticated") != std::string::npos);
  });
}

TEST_CASE("a cookie counts for no other page, not for reading either") {
  guarded_app app;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto set = std::string((co_await c.post("/api/session", "{}", app.as("owner"))).header("Set-Cookie"));
    fields f;
    f.push_back({"Cookie", set.substr(0, set.find(';'))});
    CHECK((co_await c.get("/api/tasks", f)).status == 200);
    f.push_back({"Origin", "http://localhost:1"});
    CHECK((co_await c.get("/api/tasks", f)).status == 403);
    auto elsewhere = app.as("owner");
    elsewhere.push_back({"Origin", "http://localhost:1"});
    CHECK((co_await c.post("/api/session", "{}", elsewhere)).status == 403);
  });
}

TEST_CASE("who may only submit is told where the task will be, and nothing more") {
  guarded_app app;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    for (const auto* more : {"Accept", "Prefer"}) {
      auto f = app.as("submits only");
      f.push_back({more, more == std::string_view("Accept") ? "application/x-ndjson" : "wait=5"});
      const auto r = co_await c.post("/api/simulate", R"({"results":1,"interval_ms":1})", f);
      CHECK(r.status == 202);
      CHECK(r.header("Location").starts_with("/api/tasks/"));
    }
  });
}

TEST_CASE("an administrator's ticket reads the task that it is for") {
  guarded_app app;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto id = co_await submitted(c, app.as("owner"));
    const auto made = co_await c.post("/api/tasks/" + id + "/ticket", "", app.as("administrator"));
    REQUIRE(made.status == 201);
    const auto query = "?ticket=" + string_at(parse(made.body), "ticket");
    CHECK((co_await c.get("/api/tasks/" + id + query)).status == 200);
  });
}

TEST_CASE("a socket that is narrowed to less sees no more of the rest") {
  guarded_app app;
  app.add("alice as administrator", {.subject = "alice", .scopes = {"tasks:admin"}});
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    caller c(ex, app.port());
    for (int status = 401; status != 200;)
      status = (co_await c.get("/api/tasks", app.as("alice as administrator"))).status;
    auto f = app.as("another");
    f.push_back({"Content-Type", "application/json"});
    const auto bobs = co_await c.send(http::verb::post, "/api/simulate", f, R"({"results":1000,"interval_ms":10})");
    const auto id = string_at(parse(bobs.body), "request_id");
    caller s(ex, app.port());
    REQUIRE((co_await s.raw().open_websocket("/api/stream", app.as("alice as administrator"), in_time())).has_value());
    const auto say = [&](std::string text) { return s.raw().write_message(std::move(text), in_time()); };
    REQUIRE((co_await say(R"({"action":"subscribe","request_id":")" + id + "\"}")).has_value());
    REQUIRE((co_await say(R"({"action":"authenticate","token":")" + app.key("owner") + "\"}")).has_value());
    std::string m;
    while (m.find("\"to\":\"authenticate\"") == std::string::npos) m = *(co_await s.raw().read_message(in_time()));
    REQUIRE((co_await say(R"({"action":"unsubscribe","request_id":")" + id + "\"}")).has_value());
    // The next frame is the refusal: nothing of the task came between, and it is not followed any more.
    m = *(co_await s.raw().read_message(in_time()));
    CHECK(m.find("not-subscribed") != std::string::npos);
  });
}

TEST_CASE("whoever may cancel a task may delete what is left of it, and its id is then one that nobody has") {
  guarded_app app;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto erase = [&](const std::string& id, const std::string& who) -> base::awaitable<int> {
      const auto r = co_await c.send(http::verb::delete_, "/api/tasks/" + id, app.as(who), {});
      CHECK((r.status == 204) == r.body.empty());
      co_return r.status;
    };
    auto f = app.as("owner");
    f.push_back({"Content-Type", "application/json"});
    f.push_back({"Idempotency-Key", "k"});
    const std::string body = R"({"results":2,"interval_ms":60000})";
    const auto accepted = co_await c.send(http::verb::post, "/api/simulate", f, body);
    const auto id = string_at(parse(accepted.body), "request_id");
    CHECK((co_await erase(id, "owner")) == 409);
    CHECK((co_await c.send(http::verb::post, "/api/tasks/" + id + "/cancel", app.as("owner"), {})).status == 200);
    CHECK((co_await erase(id, "another")) == 404);
    CHECK((co_await erase(id, "reads only")) == 403);
    CHECK((co_await c.get("/api/results/" + id, app.as("owner"))).status == 200);
    CHECK((co_await erase(id, "owner")) == 204);
    CHECK((co_await erase(id, "owner")) == 404);
    for (const auto* path : {"/api/results/", "/api/tasks/"}) {
      CHECK((co_await c.get(path + id, app.as("owner"))).status == 404);
      CHECK((co_await c.get(path + id, app.as("administrator"))).status == 404);
    }
    const auto listed = co_await c.get("/api/tasks", app.as("administrator"));
    CHECK(listed.body.find(id) == std::string::npos);
    // Within results.keep_for_ms its key makes no second task.
    CHECK((co_await c.send(http::verb::post, "/api/simulate", f, body)).status == 422);
  });
}

TEST_CASE("a stranger's socket holds little until it says who it is") {
  guarded_app app;
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    const std::string large =
        std::string(60000, ' ') + R"({"action":"unsubscribe","request_id":")" + std::string(unknown_id) + "\"}";
    caller stranger(ex, app.port());
    REQUIRE((co_await stranger.raw().open_websocket("/api/stream", {}, in_time())).has_value());
    (void)co_await stranger.raw().write_message(large, in_time());
    // What comes first is its end, and no answer.
    const auto first = co_await stranger.raw().read_message(in_time());
    const auto said = first ? *first : first.error().message;
    const bool sent_away = said.find("1009") != std::string::npos || said.find("unauthenticated") != std::string::npos;
    CHECK_MESSAGE(sent_away, said);
    if (first) CHECK_FALSE((co_await stranger.raw().read_message(in_time())).has_value());
    // The same of who is known, from the handshake or since.
    caller known(ex, app.port());
    REQUIRE((co_await known.raw().open_websocket("/api/stream", {}, in_time())).has_value());
    (void)co_await known.raw().write_message(R"({"action":"authenticate","token":")" + app.key("owner") + "\"}",
                                             in_time());
    (void)co_await known.raw().read_message(in_time());
    (void)co_await known.raw().write_message(large, in_time());
    const auto answer = co_await known.raw().read_message(in_time());
    REQUIRE(answer.has_value());
    CHECK(answer->find("not-subscribed") != std::string::npos);
  });
}

TEST_CASE("one owner's waits for unknown ids are bounded, and another's are not touched by it") {
  guarded_app app([](config::settings& s) {
    s.quota.waiters = 2;
    s.gateway.unknown_task_wait = std::chrono::minutes(1);
  });
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    caller bob(ex, app.port());
    const auto bobs = co_await submitted(bob, app.as("another"));
    caller alice(ex, app.port());
    REQUIRE((co_await alice.raw().open_websocket("/api/stream", app.as("owner"), in_time())).has_value());
    const auto wait_for = [&](std::string id) -> base::awaitable<void> {
      (void)co_await alice.raw().write_message(R"({"action":"subscribe","request_id":")" + id + "\"}", in_time());
    };
    co_await wait_for(std::string(unknown_id));
    co_await wait_for(bobs);
    co_await wait_for("00000000-0000-4000-8000-000000000001");
    // The third is refused at once, and only then are two known to wait.
    const auto refused = co_await alice.raw().read_message(in_time());
    REQUIRE(refused.has_value());
    CHECK(refused->find("too-many-waiters") != std::string::npos);
    CHECK(refused->find("00000000-0000-4000-8000-000000000001") != std::string::npos);
    // Nobody's id and somebody else's are the same here, too.
    caller again(ex, app.port());
    std::string body;
    for (const auto& id : {std::string(unknown_id), bobs}) {
      const auto r = co_await again.get("/api/tasks/" + id, app.as("owner"));
      CHECK(r.status == 429);
      CHECK(r.header("Retry-After") == "2");
      CHECK((body.empty() || r.body == body));
      body = r.body;
    }
    // One's own that is known needs no wait; and others wait as before.
    const auto own = co_await submitted(again, app.as("owner"));
    CHECK((co_await again.get("/api/tasks/" + own, app.as("owner"))).status == 200);
    CHECK((co_await bob.get("/api/tasks/" + bobs, app.as("another"))).status == 200);
  });
}

TEST_CASE("one owner's open streams are bounded at a gateway, and another's are not touched by it") {
  guarded_app app([](config::settings& s) { s.quota.streams = 2; });
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    caller c(ex, app.port());
    auto f = app.as("owner");
    f.push_back({"Content-Type", "application/json"});
    const auto accepted = co_await c.send(http::verb::post, "/api/simulate", f, R"({"results":2,"interval_ms":60000})");
    const auto events = "/api/tasks/" + string_at(parse(accepted.body), "request_id") + "/events";
    auto as_lines = app.as("owner");
    as_lines.push_back({"Accept", "application/x-ndjson"});
    caller one(ex, app.port());
    REQUIRE((co_await one.raw().open_stream(events, as_lines, in_time()))->status == 200);
    auto two = std::make_unique<caller>(ex, app.port());
    REQUIRE((co_await two->raw().open_websocket("/api/stream", {}, in_time())).has_value());
    // It belongs to nobody until it says whose it is.
    (void)co_await two->raw().write_message(R"({"action":"authenticate","token":")" + app.key("owner") + "\"}",
                                            in_time());
    CHECK((co_await two->raw().read_message(in_time()))->find("\"alice\"") != std::string::npos);

    const auto refused = co_await c.get(events, as_lines);
    CHECK(refused.status == 429);
    CHECK(refused.header("Retry-After") == "1");
    CHECK(refused.body.find("quota.streams = 2") != std::string::npos);
    for (const auto* path : {"/api/stream", "/api/simulate"}) {
      caller third(ex, app.port());
      REQUIRE((co_await third.raw().open_websocket(path, app.as("owner"), in_time())).has_value());
      const auto closed = co_await third.raw().read_message(in_time());
      REQUIRE_FALSE(closed.has_value());
      CHECK_MESSAGE(closed.error().message.find("1013") != std::string::npos, closed.error().message);
    }
    caller late(ex, app.port());
    REQUIRE((co_await late.raw().open_websocket("/api/stream", {}, in_time())).has_value());
    (void)co_await late.raw().write_message(R"({"action":"authenticate","token":")" + app.key("owner") + "\"}",
                                            in_time());
    CHECK((co_await late.raw().read_message(in_time()))->find("urn:streamdemo:problem:quota") != std::string::npos);
    // What it submits is accepted all the same, and can be polled.
    f.push_back({"Accept", "text/event-stream"});
    CHECK((co_await c.send(http::verb::post, "/api/simulate", f, R"({"results":1})")).status == 202);
    caller bob(ex, app.port());
    CHECK((co_await bob.raw().open_websocket("/api/stream", app.as("another"), in_time())).has_value());

    two.reset();
    for (int status = 429; status != 200;) {
      caller next(ex, app.port());
      status = (co_await next.raw().open_stream(events, as_lines, in_time()))->status;
    }
  });
}

TEST_CASE("one owner's uploads take no more than its share, until their tasks have ended") {
  guarded_app app([](config::settings& s) {
    s.processor.concurrency = 1;
    s.quota.upload_bytes = 1'000'000;
    s.gateway.max_upload_bytes = 1'000'000;
  });
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    caller c(ex, app.port());
    const auto upload = [&](const std::string& who, std::size_t bytes) -> base::awaitable<http::client_response> {
      auto f = app.as(who);
      f.push_back({"Content-Type", "video/mp4"});
      co_return co_await c.send(http::verb::post, "/api/process-video", std::move(f), std::string(bytes, 'v'));
    };
    auto f = app.as("another");
    f.push_back({"Content-Type", "application/json"});
    const auto first = co_await c.send(http::verb::post, "/api/simulate", f, R"({"results":2,"interval_ms":60000})");
    const auto accepted = co_await upload("owner", 600'000);
    CHECK(accepted.status == 202);
    const auto refused = co_await upload("owner", 400'001);
    CHECK(refused.status == 429);
    CHECK(refused.body.find("quota.upload_bytes = 1000000") != std::string::npos);
    CHECK((co_await upload("another", 400'001)).status == 202);
    CHECK((co_await upload("owner", 400'000)).status == 202);
    // A body that does not say how long it is is refused where its share ends.
    const auto chunked = exchange(
        app.port(), "POST /api/process-video HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + app.key("owner") +
                        "\r\nConnection: close\r\nContent-Type: video/mp4\r\nTransfer-Encoding: "
                        "chunked\r\n\r\n1\r\nv\r\n0\r\n\r\n");
    CHECK(chunked.starts_with("HTTP/1.1 429"));
    const auto id = string_at(parse(accepted.body), "request_id");
    CHECK((co_await c.send(http::verb::post, "/api/tasks/" + id + "/cancel", app.as("owner"), {})).status == 200);
    for (int status = 429; status != 202;) status = (co_await upload("owner", 600'000)).status;
  });
}
