// Whichever way a task is submitted, its input is held against the schema of its kind.
#include <doctest/doctest.h>

#include "integration/app_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::test;

namespace {

void with_greet(const std::function<base::awaitable<void>(caller&)>& body) {
  app_fixture app([](config::settings& s) {
    s.tasks.commands["greet"].command = {"cat"};
    s.tasks.input_schemas["greet"] = R"({"properties":{"name":{"type":"string"}},"additionalProperties":false})";
  });
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    co_await body(c);
  });
}

// The problem that a wrong name has on each way.
void check_problem(const boost::json::value& p) {
  CHECK(string_at(p, "type") == "urn:streamdemo:problem:invalid-input");
  CHECK(p.at("status").as_int64() == 422);
  CHECK(string_at(p, "pointer") == "/name");
  CHECK(string_at(p, "detail") == "/name must be a string, not 5");
}

base::awaitable<boost::json::value> said_to(caller& c, std::string target, std::string message) {
  const auto opened = co_await c.raw().open_websocket(target, {}, in_time());
  REQUIRE(opened.has_value());
  const auto sent = co_await c.raw().write_message(std::move(message), in_time());
  REQUIRE(sent.has_value());
  const auto answer = co_await c.raw().read_message(in_time());
  REQUIRE(answer.has_value());
  co_return parse(*answer);
}

}  // namespace

TEST_CASE("POST: a wrong input is 422 with its JSON pointer, and a right one passes on byte for byte") {
  with_greet([](caller& c) -> base::awaitable<void> {
    const auto r = co_await c.post("/api/greet", R"({"name":5})");
    CHECK(r.status == 422);
    CHECK(r.header("Content-Type") == "application/problem+json");
    check_problem(parse(r.body));
    const auto id = co_await c.submit("greet", R"({ "name" : "\u0041da" })");
    const auto events = co_await c.all_events(id);
    CHECK(std::ranges::any_of(events, [](const auto& e) { return e.find(R"({ "name" : "\u0041da" })") != e.npos; }));
    const auto all = co_await c.get("/api/tasks");
    CHECK(objects_of(all.body, "tasks").size() == 1);
  });
}

TEST_CASE("a WebSocket that submits: a wrong input is an error frame, and the socket closes") {
  with_greet([](caller& c) -> base::awaitable<void> {
    const auto refused = co_await said_to(c, "/api/greet", R"({"name":5,"idempotency_key":"k"})");
    CHECK(string_at(refused, "type") == "error");
    check_problem(refused.at("problem"));
    const auto end = co_await c.raw().read_message(in_time());
    REQUIRE(!end);
    CHECK(end.error().message.starts_with("4500"));
  });
  with_greet([](caller& c) -> base::awaitable<void> {
    const auto first = co_await said_to(c, "/api/greet", R"({"name":"a","idempotency_key":"k"})");
    CHECK(string_at(first, "type") == "accepted");
  });
}

TEST_CASE("/api/stream: a wrong input is refused, and the socket goes on") {
  with_greet([](caller& c) -> base::awaitable<void> {
    const auto refused =
        co_await said_to(c, "/api/stream", R"({"action":"submit","kind":"greet","ref":1,"payload":{"name":5}})");
    CHECK(string_at(refused, "type") == "error");
    CHECK(refused.at("ref").as_int64() == 1);
    check_problem(refused.at("problem"));
    const auto sent = co_await c.raw().write_message(
        R"({"action":"submit","kind":"greet","ref":2,"payload":{"name":"a"}})", in_time());
    REQUIRE(sent.has_value());
    const auto answer = co_await c.raw().read_message(in_time());
    REQUIRE(answer.has_value());
    CHECK(string_at(parse(*answer), "type") == "answer");
  });
}

TEST_CASE("an upload: its options are held against their own schema, whatever the file") {
  with_greet([](caller& c) -> base::awaitable<void> {
    const fields video{{"Content-Type", "video/mp4"}};
    const auto r = co_await c.post("/api/process-video?clip_seconds=many", "v", video);
    CHECK(r.status == 400);
    CHECK(string_at(parse(r.body), "detail") == "the option clip_seconds must be a number or null, not \"many\"");
    const auto none = co_await c.post("/api/greet", "v", video);
    CHECK(none.status == 415);
  });
}

TEST_CASE("the kinds show what they take") {
  with_greet([](caller& c) -> base::awaitable<void> {
    const auto r = co_await c.get("/api/kinds");
    const auto kinds = parse(r.body).at("kinds").as_array();
    REQUIRE(kinds.size() == 3);
    const auto& video = kinds[0].as_object();
    CHECK(video.at("input_schema").at("properties").at("source").at("const").as_string() == "sample");
    CHECK(video.at("upload").at("media_types").at(0).as_string() == "video/*");
    CHECK(video.at("upload").at("options_schema").at("properties").as_object().contains("copy"));
    const auto& greet = kinds[2].as_object();
    CHECK(greet.at("input_schema").at("additionalProperties").as_bool() == false);
    CHECK(!greet.contains("upload"));
  });
}
