#include <doctest/doctest.h>

#include "integration/stream_reader.hpp"

using namespace streamdemo;
using namespace streamdemo::test;

namespace {

void with_app(const std::function<base::awaitable<void>(caller&)>& body,
              const std::function<void(config::settings&)>& change = {}) {
  app_fixture app(change);
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    co_await body(c);
  });
}

bool is_result(const std::string& e) {
  return e.starts_with("{\"type\":\"result\"");
}

std::string type_of(const http::client_response& r) {
  CHECK(r.header("Content-Type") == "application/problem+json");
  return string_at(parse(r.body), "type").substr(std::string_view("urn:streamdemo:problem:").size());
}

}  // namespace

TEST_CASE("a submitted task is accepted with its urls, and every one of them works") {
  with_app([](caller& c) -> base::awaitable<void> {
    const auto r = co_await c.post("/api/simulate", R"({"results":2,"interval_ms":0})");
    REQUIRE(r.status == 202);
    const auto body = parse(r.body).as_object();
    const auto& urls = body.at("urls").as_object();
    const auto self = string_at(body.at("urls"), "self");
    CHECK(r.header("Location") == self);
    CHECK(r.header("Retry-After") == "1");
    CHECK(r.header("Cache-Control") == "no-store");
    CHECK(r.header("Vary") == "Accept, Prefer, Origin, Authorization, Cookie");
    CHECK(r.header("X-Content-Type-Options") == "nosniff");
    CHECK(!r.header("Date").empty());
    CHECK(string_at(parse(r.body), "kind") == "simulate");
    CHECK(self == "/api/tasks/" + string_at(parse(r.body), "request_id"));
    const auto events = co_await c.all_events(string_at(parse(r.body), "request_id"));
    CHECK(string_at(parse(events.back()).as_object().at("data"), "status") == "succeeded");
    const std::array<const char*, 4> readable{"self", "results", "events", "timeline"};
    for (const auto* name : readable) {
      const auto a = co_await c.get(std::string(urls.at(name).as_string()));
      CHECK_MESSAGE(a.status == 200, name);
    }
    const auto canceled = co_await c.post(std::string(urls.at("cancel").as_string()), "");
    CHECK(canceled.status == 200);
    CHECK(string_at(parse(canceled.body), "status") == "succeeded");
  });
}

TEST_CASE("Prefer: wait gives the results at once when the task ends in time, else 202") {
  with_app([](caller& c) -> base::awaitable<void> {
    fields wait{{"Prefer", "wait=20"}};
    const auto done = co_await c.post("/api/simulate", R"({"results":3,"interval_ms":1})", wait);
    CHECK(done.status == 200);
    CHECK(done.header("Preference-Applied") == "wait=20");
    CHECK(!done.header("Location").empty());
    CHECK(objects_of(done.body, "results").size() == 3);
    fields none{{"Prefer", "wait=0"}};
    const auto later = co_await c.post("/api/simulate", R"({"results":3,"interval_ms":100})", none);
    CHECK(later.status == 202);
    CHECK(later.header("Preference-Applied") == "wait=0");
    fields long_wait{{"Prefer", "wait=3600"}};
    const auto cut = co_await c.post("/api/simulate", R"({"results":1,"interval_ms":0})", long_wait);
    CHECK(cut.header("Preference-Applied") == "wait=30");
  });
}

TEST_CASE("a submission that accepts a stream gets its events at once") {
  with_app([](caller& c) -> base::awaitable<void> {
    fields lines{{"Accept", "application/x-ndjson"}};
    const auto r = co_await c.post("/api/simulate", R"({"results":3,"interval_ms":1})", lines);
    CHECK(r.status == 200);
    CHECK(r.header("Content-Type") == "application/x-ndjson");
    CHECK(r.header("X-Accel-Buffering") == "no");
    CHECK(r.header("Incremental") == "?1");
    CHECK(r.header("Cache-Control") == "no-store, no-transform");
    std::string joined;
    const auto all = co_await c.all_events(std::string(r.header("Location").substr(11)));
    for (const auto& e : all) joined += e + "\n";
    CHECK(r.body == joined);
    fields sse{{"Accept", "text/event-stream"}};
    const auto s = co_await c.post("/api/simulate", R"({"results":1,"interval_ms":1})", sse);
    CHECK(s.header("Content-Type") == "text/event-stream");
    CHECK(s.body.starts_with("retry: "));
    CHECK(s.body.find("event: ended\n") != std::string::npos);
  });
}

TEST_CASE("the same idempotency key gives the same task, and another payload 422") {
  with_app([](caller& c) -> base::awaitable<void> {
    fields key{{"Idempotency-Key", "order-17"}};
    const auto first = co_await c.post("/api/simulate", R"({"results":2,"interval_ms":0})", key);
    const auto again = co_await c.post("/api/simulate", R"({"results":2,"interval_ms":0})", key);
    REQUIRE(first.status == 202);
    REQUIRE(again.status == 202);
    const auto id = string_at(parse(first.body), "request_id");
    CHECK(string_at(parse(again.body), "request_id") == id);
    const auto other = co_await c.post("/api/simulate", R"({"results":3,"interval_ms":0})", key);
    CHECK(other.status == 422);
    CHECK(type_of(other) == "key-reused");
    const auto events = co_await c.all_events(id);
    CHECK(std::count_if(events.begin(), events.end(), is_result) == 2);
  });
}

namespace {

struct wrong_submission {
  std::string target;
  std::string body;
  fields headers;
  int status;
  std::string type;
};

std::vector<wrong_submission> wrong_submissions() {
  return {
      {"/api/nonsense", "{}", {}, 404, "unknown-kind"},
      {"/api/simulate", "{\"results\":", {}, 400, "bad-json"},
      {"/api/simulate", "[1]", {}, 400, "bad-json"},
      {"/api/simulate", "{\"a\":\"\xff\"}", {}, 400, "bad-json"},
      {"/api/simulate", "{}", {{"Content-Type", "text/plain"}}, 415, "media-type"},
      {"/api/simulate", "{\"x\":\"" + std::string(5000, 'x') + "\"}", {}, 413, "too-large"},
      {"/api/simulate?deadline_ms=x", "{}", {}, 400, "bad-option"},
      {"/api/simulate?deadline_ms=3600001", "{}", {}, 400, "bad-option"},
      {"/api/simulate", "{}", {{"Idempotency-Key", std::string(300, 'k')}}, 400, "bad-option"},
      {"/api/simulate", R"({"results":"many"})", {}, 422, "invalid-input"},
      {"/api/simulate", R"({"results":-1})", {}, 422, "invalid-input"},
      {"/api/simulate", R"({"results":1,"results":2})", {}, 422, "invalid-input"},
      {"/api/process-video", "{}", {}, 422, "invalid-input"},
      {"/api/process-video", R"({"source":"/etc/passwd"})", {}, 422, "invalid-input"},
      {"/api/process-video", R"({"source":"upload","upload":"x"})", {}, 422, "invalid-input"},
      {"/api/process-video", R"({"source":"sample","upload":"x"})", {}, 422, "invalid-input"},
      {"/api/process-video", R"({"source":"sample","\u0075pload":"x"})", {}, 422, "invalid-input"},
      {"/api/simulate", "\x1f\x8b", {{"Content-Encoding", "gzip"}}, 415, "content-encoding"},
      {"/api/simulate", "{}", {{"Content-Encoding", "identity, BR"}}, 415, "content-encoding"},
      {"/api/process-video",
       "v",
       {{"Content-Type", "video/mp4"}, {"Content-Encoding", "gzip"}},
       415,
       "content-encoding"},
      {"/api/tasks/x/cancel", "{}", {{"Content-Encoding", "zstd"}}, 415, "content-encoding"},
      {"/api/process-video", "--x", {{"Content-Type", "multipart/form-data; boundary=x"}}, 415, "media-type"},
      {"/api/process-video", std::string(20000, 'v'), {{"Content-Type", "video/mp4"}}, 413, "too-large"},
      {"/api/process-video?protocol=file", "v", {{"Content-Type", "video/mp4"}}, 400, "bad-option"},
  };
}

void small_limits(config::settings& s) {
  s.gateway.max_body_bytes = 4096;
  s.gateway.max_upload_bytes = 16384;
}

struct wrong_method {
  http::verb verb;
  std::string target;
  int status;
  std::string allow;
};

std::vector<wrong_method> wrong_methods() {
  using http::verb;
  return {{verb::get, "/api/simulate", 405, "POST, OPTIONS"},
          {verb::delete_, "/api/tasks", 405, "GET, HEAD, OPTIONS"},
          {verb::put, "/api/tasks/x/cancel", 405, "POST, OPTIONS"},
          {verb::post, "/", 405, "GET, HEAD, OPTIONS"},
          {verb::get, "/api/tasks/x/nothing", 404, ""},
          {verb::get, "/api/nothing/at/all/here", 404, ""}};
}

}  // namespace

TEST_CASE("each wrong submission has its documented answer, and the server goes on") {
  with_app(
      [](caller& c) -> base::awaitable<void> {
        for (const auto& w : wrong_submissions()) {
          const auto r = co_await c.post(w.target, w.body, w.headers);
          CHECK_MESSAGE(r.status == w.status, w.target, " ", w.body.substr(0, 60));
          CHECK_MESSAGE(type_of(r) == w.type, r.body);
          if (w.type == "content-encoding") CHECK(r.header("Accept-Encoding") == "identity");
          if (w.type == "unknown-kind") CHECK(parse(r.body).as_object().at("kinds").as_array().size() == 2);
        }
        const auto id = co_await c.submit("simulate", R"({"results":1,"interval_ms":0})");
        const auto events = co_await c.all_events(id);
        CHECK(std::count_if(events.begin(), events.end(), is_result) == 1);
      },
      small_limits);
}

TEST_CASE("a task beyond its own deadline expires") {
  with_app([](caller& c) -> base::awaitable<void> {
    const auto r = co_await c.post("/api/simulate?deadline_ms=300", R"({"results":100,"interval_ms":1000})");
    REQUIRE(r.status == 202);
    const auto events = co_await c.all_events(string_at(parse(r.body), "request_id"));
    CHECK(string_at(parse(events.back()).as_object().at("data"), "status") == "expired");
  });
}

TEST_CASE("canceling ends a running task, and repeating it changes nothing") {
  with_app([](caller& c) -> base::awaitable<void> {
    const auto id = co_await c.submit("simulate", R"({"results":1000,"interval_ms":1000})");
    for (int i = 0; i < 2; ++i) {
      const auto r = co_await c.post("/api/tasks/" + id + "/cancel", "");
      CHECK(r.status == 200);
      CHECK(string_at(parse(r.body), "status") == "canceled");
    }
    const auto events = co_await c.all_events(id);
    CHECK(string_at(parse(events.back()).as_object().at("data"), "status") == "canceled");
    const auto unknown = co_await c.post("/api/tasks/00000000-0000-4000-8000-000000000000/cancel", "");
    CHECK(unknown.status == 404);
  });
}

TEST_CASE("wrong methods are told the right ones, and unknown paths are told apart") {
  with_app([](caller& c) -> base::awaitable<void> {
    for (const auto& w : wrong_methods()) {
      const auto r = co_await c.send(w.verb, w.target);
      CHECK_MESSAGE(r.status == w.status, w.target);
      CHECK_MESSAGE(r.header("Allow") == w.allow, w.target);
    }
  });
}

TEST_CASE("HEAD answers as GET does, without the body") {
  with_app([](caller& c) -> base::awaitable<void> {
    const auto id = co_await c.submit("simulate", R"({"results":1,"interval_ms":0})");
    co_await c.all_events(id);
    const std::array<const char*, 3> targets{"/", "/api/tasks", "/api/kinds"};
    for (const auto* target : targets) {
      const auto r = co_await c.send(http::verb::head, target);
      CHECK(r.status == 200);
      CHECK(r.body.empty());
    }
    const auto r = co_await c.send(http::verb::head, "/api/tasks/" + id);
    CHECK(!r.header("ETag").empty());
  });
}
