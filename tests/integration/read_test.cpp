// Reading a task: the classic poll, the live resource and its long poll, the list, the timeline.
#include <doctest/doctest.h>

#include "integration/stream_reader.hpp"

using namespace streamdemo;
using namespace streamdemo::test;

namespace {

constexpr auto unknown_id = "00000000-0000-4000-8000-000000000000";

void with_app(const std::function<base::awaitable<void>(caller&)>& body,
              const std::function<void(config::settings&)>& change = {}) {
  app_fixture app(change);
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    co_await body(c);
  });
}

fields header(std::string name, std::string value) {
  fields f;
  f.push_back({std::move(name), std::move(value)});
  return f;
}

std::string type_of(const http::client_response& r) {
  return string_at(parse(r.body), "type");
}

}  // namespace

TEST_CASE("the classic poll tells not ready from unknown, and gives everything at the end") {
  with_app([](caller& c) -> base::awaitable<void> {
    const auto id = co_await c.submit("simulate", R"({"results":3,"interval_ms":300})");
    const auto early = co_await c.get("/api/results/" + id);
    CHECK(early.status == 404);
    CHECK(type_of(early) == "urn:streamdemo:problem:not-ready");
    CHECK(early.header("Retry-After") == "1");
    const auto unknown = co_await c.get(std::string("/api/results/") + unknown_id);
    CHECK(unknown.status == 404);
    CHECK(type_of(unknown) == "urn:streamdemo:problem:unknown-task");
    const auto events = co_await c.all_events(id);
    const auto done = co_await c.get("/api/results/" + id);
    CHECK(done.status == 200);
    const auto results = objects_of(done.body, "results");
    REQUIRE(results.size() == 3);
    CHECK(results[0] == events[2]);
    CHECK(string_at(parse(done.body), "status") == "succeeded");
    CHECK(done.body.ends_with("\"ended\":" + events.back() + "}\n"));
  });
}

TEST_CASE("large results are sent from the history, whole") {
  with_app([](caller& c) -> base::awaitable<void> {
    const auto id = co_await c.submit("simulate", R"({"results":40,"interval_ms":0,"payload_bytes":30000})");
    const auto events = co_await c.all_events(id);
    const auto done = co_await c.get("/api/results/" + id);
    CHECK(done.status == 200);
    const auto results = objects_of(done.body, "results");
    REQUIRE(results.size() == 40);
    std::vector<std::string> expected;
    for (const auto& e : events) {
      if (e.starts_with("{\"type\":\"result\"")) expected.push_back(e);
    }
    CHECK(results == expected);
  });
}

TEST_CASE("the live resource gives the events behind a cursor, with a tag for what is known") {
  with_app([](caller& c) -> base::awaitable<void> {
    const auto id = co_await c.submit("simulate", R"({"results":2,"interval_ms":0})");
    const auto events = co_await c.all_events(id);
    const auto last = static_cast<std::int64_t>(events.size());
    const auto some = co_await c.get("/api/tasks/" + id + "?after=3");
    CHECK(objects_of(some.body, "events") == std::vector<std::string>(events.begin() + 3, events.end()));
    CHECK(parse(some.body).as_object().at("next").as_int64() == last);
    CHECK(string_at(parse(some.body), "status") == "succeeded");
    const auto tag = std::string(some.header("ETag"));
    CHECK(tag == "\"succeeded-" + std::to_string(last) + "-" + std::to_string(last) + "\"");
    const auto same = co_await c.get("/api/tasks/" + id + "?after=3", header("If-None-Match", "W/\"x\", " + tag));
    CHECK(same.status == 304);
    CHECK(same.body.empty());
    CHECK(same.header("ETag") == tag);
    const auto beyond = co_await c.get("/api/tasks/" + id + "?after=99");
    CHECK(beyond.status == 200);
    CHECK(parse(beyond.body).as_object().at("next").as_int64() == last);
  });
}

TEST_CASE("one answer holds a bounded number of events and says that there are more") {
  with_app(
      [](caller& c) -> base::awaitable<void> {
        const auto id = co_await c.submit("simulate", R"({"results":20,"interval_ms":0})");
        co_await c.all_events(id);
        const auto some = co_await c.get("/api/tasks/" + id);
        CHECK(objects_of(some.body, "events").size() == 5);
        CHECK(parse(some.body).as_object().at("more").as_bool());
        CHECK(parse(some.body).as_object().at("next").as_int64() == 5);
      },
      [](config::settings& s) { s.gateway.max_events_per_read = 5; });
}

TEST_CASE("one answer holds a bounded number of bytes, however large the events are") {
  with_app([](caller& c) -> base::awaitable<void> {
    const auto id = co_await c.submit("simulate", R"({"results":30,"interval_ms":0,"payload_bytes":50000})");
    const auto events = co_await c.all_events(id);
    const auto first = co_await c.get("/api/tasks/" + id);
    CHECK(first.body.size() < 400'000);
    CHECK(parse(first.body).at("more") == true);
    CHECK(events.size() > 30);
  });
}

TEST_CASE("a long poll ends with news, else at its time: 200 without events, or 304 for a known tag") {
  with_app([](caller& c) -> base::awaitable<void> {
    const auto id = co_await c.submit("simulate", R"({"results":2,"interval_ms":2500})");
    std::int64_t cursor = 0;
    while (cursor < 2) {
      const auto begun = co_await c.get("/api/tasks/" + id, header("Prefer", "wait=5"));
      cursor = parse(begun.body).as_object().at("next").as_int64();
    }
    const auto target = "/api/tasks/" + id + "?after=" + std::to_string(cursor);
    const auto quiet = co_await c.get(target, header("Prefer", "wait=1"));
    CHECK(quiet.status == 200);
    CHECK(quiet.header("Preference-Applied") == "wait=1");
    const std::string timing(quiet.header("Server-Timing"));
    REQUIRE(timing.starts_with("wait;dur="));
    if (objects_of(quiet.body, "events").empty()) {
      CHECK(std::stod(timing.substr(9)) >= 990);
      auto f = header("Prefer", "wait=0");
      f.push_back({"If-None-Match", std::string(quiet.header("ETag"))});
      const auto known = co_await c.get(target, std::move(f));
      CHECK(known.status == 304);
      CHECK(known.header("Preference-Applied") == "wait=0");
    }
    const auto news = co_await c.get(target, header("Prefer", "wait=20"));
    CHECK(!objects_of(news.body, "events").empty());
  });
}

TEST_CASE("a bad cursor is 400, and one in the future waits") {
  with_app([](caller& c) -> base::awaitable<void> {
    const auto id = co_await c.submit("simulate", R"({"results":3,"interval_ms":400})");
    const std::array<const char*, 4> wrong{"-1", "x", "1.5", "99999999999999999999"};
    for (const auto* w : wrong) {
      const auto r = co_await c.get("/api/tasks/" + id + "?after=" + w);
      CHECK_MESSAGE(r.status == 400, w);
      CHECK(type_of(r) == "urn:streamdemo:problem:bad-cursor");
    }
    const auto ahead = co_await c.get("/api/tasks/" + id + "?after=4", header("Prefer", "wait=20"));
    const auto events = objects_of(ahead.body, "events");
    REQUIRE(!events.empty());
    CHECK(parse(events[0]).as_object().at("seq").as_int64() == 5);
  });
}

TEST_CASE("a cursor below what is kept is 410 for a poll and a visible gap in a stream") {
  app_fixture app([](config::settings& s) { s.results.max_bytes = 1 << 20; });
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    caller c(ex, app.port());
    // Far more than is kept; whoever reads behind the writer's back loses nothing, whoever comes late does.
    const auto id = co_await c.submit("simulate", R"({"results":100,"interval_ms":0,"payload_bytes":60000})");
    fields wait{{"Prefer", "wait=20"}};
    http::client_response r;
    std::int64_t cursor = 1'000'000;
    do {
      r = co_await c.get("/api/tasks/" + id + "?after=" + std::to_string(cursor), wait);
    } while (string_at(parse(r.body), "status") == "running" || string_at(parse(r.body), "status") == "queued");
    const auto gone = co_await c.get("/api/tasks/" + id);
    CHECK(gone.status == 410);
    const auto kept_from = parse(gone.body).as_object().at("kept_from").as_int64();
    CHECK(kept_from > 1);
    const auto results = co_await c.get("/api/results/" + id);
    CHECK(results.status == 410);
    const std::array<transport, 3> streams{transport::sse, transport::json_lines, transport::websocket};
    for (const auto t : streams) {
      stream_reader reader(ex, app.port(), t, id, 0);
      const auto gap = co_await reader.next();
      REQUIRE(gap);
      const auto expected =
          "{\"type\":\"gap\",\"request_id\":\"" + id + "\",\"from\":1,\"to\":" + std::to_string(kept_from - 1) + "}";
      CHECK(*gap == expected);
      const auto first = co_await reader.next();
      REQUIRE(first);
      CHECK(parse(*first).as_object().at("seq").as_int64() == kept_from);
    }
  });
}

TEST_CASE("an unknown id waits a moment before it is 404, and what is no id does not") {
  with_app([](caller& c) -> base::awaitable<void> {
    const std::array<std::string, 3> targets{"/api/tasks/", "/api/results/", "/api/tasks/"};
    for (const auto& t : targets) {
      const auto r = co_await c.get(t + unknown_id);
      CHECK(r.status == 404);
      CHECK(type_of(r) == "urn:streamdemo:problem:unknown-task");
      const auto none = co_await c.get(t + "no-id");
      CHECK(none.status == 404);
    }
    const auto events = co_await c.get(std::string("/api/tasks/") + unknown_id + "/events");
    CHECK(events.status == 404);
    const auto timeline = co_await c.get(std::string("/api/tasks/") + unknown_id + "/timeline");
    CHECK(timeline.status == 404);
  });
}

TEST_CASE("recent tasks come newest first, at most as many as were asked for") {
  with_app([](caller& c) -> base::awaitable<void> {
    const auto first = co_await c.submit("simulate", R"({"results":1,"interval_ms":0})");
    const auto second = co_await c.submit("simulate", R"({"results":1,"interval_ms":0})");
    const auto all = co_await c.get("/api/tasks");
    const auto listed = objects_of(all.body, "tasks");
    REQUIRE(listed.size() == 2);
    CHECK(string_at(parse(listed[0]), "request_id") == second);
    CHECK(string_at(parse(listed[1]), "request_id") == first);
    const auto one = co_await c.get("/api/tasks?limit=1");
    CHECK(objects_of(one.body, "tasks").size() == 1);
    const auto none = co_await c.get("/api/tasks?limit=0");
    CHECK(none.status == 400);
    const auto many = co_await c.get("/api/tasks?limit=1001");
    CHECK(many.status == 400);
  });
}

TEST_CASE("the timeline has this gateway's own times") {
  with_app([](caller& c) -> base::awaitable<void> {
    const auto id = co_await c.submit("simulate", R"({"results":1,"interval_ms":0})");
    co_await c.all_events(id);
    const auto stream = co_await c.get("/api/tasks/" + id + "/events?after=1");
    CHECK(stream.status == 200);
    const auto r = co_await c.get("/api/tasks/" + id + "/timeline");
    const auto t = parse(r.body).as_object();
    CHECK(t.at("accepted_by").as_string() == t.at("gateway").as_string());
    CHECK(t.at("first_folded").as_string() <= t.at("last_folded").as_string());
    CHECK(t.at("first_written").is_string());
    CHECK(t.at("ended_at").is_string());
    CHECK(t.at("bus").as_string() == "inprocess");
    CHECK(t.at("bus_title").as_string() == "inside the process");
    const auto& events = t.at("events").as_array();
    const auto stamps = {"folded", "first_written", "last_written"};
    for (const auto& e : events) {
      std::string_view before = t.at("accepted_at").as_string();
      for (const auto* name : stamps) {
        const std::string_view stamp = e.as_object().at(name).as_string();
        CHECK(before <= stamp);
        before = stamp;
      }
      CHECK(before <= std::string_view(t.at("now").as_string()));
    }
    CHECK(events.size() == 5);
    CHECK(t.at("next").as_int64() == 5);
    CHECK(!t.at("more").as_bool());
    const auto rest = co_await c.get("/api/tasks/" + id + "/timeline?after=4");
    CHECK(objects_of(rest.body, "events").size() == 1);
    const auto bad = co_await c.get("/api/tasks/" + id + "/timeline?after=x");
    CHECK(bad.status == 400);
  });
}

TEST_CASE("the kinds are listed for the page") {
  with_app([](caller& c) -> base::awaitable<void> {
    const auto r = co_await c.get("/api/kinds");
    const auto kinds = objects_of(r.body, "kinds");
    REQUIRE(kinds.size() == 2);
    CHECK(string_at(parse(kinds[0]), "name") == "process-video");
  });
}
