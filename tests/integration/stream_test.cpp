// The stream of one task over SSE, JSON lines and WebSocket; and the WebSocket that submits.
#include <doctest/doctest.h>

#include "integration/stream_reader.hpp"

using namespace streamdemo;
using namespace streamdemo::test;

namespace {

void with_app(const std::function<base::awaitable<void>(caller&, std::uint16_t)>& body,
              const std::function<void(config::settings&)>& change = {}) {
  app_fixture app(change);
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    co_await body(c, app.port());
  });
}

fields header(std::string name, std::string value) {
  fields f;
  f.push_back({std::move(name), std::move(value)});
  return f;
}

std::vector<http::sse_frame> frames_of(std::string_view body) {
  http::sse_reader parser;
  parser.feed(body);
  std::vector<http::sse_frame> out;
  while (auto f = parser.next()) out.push_back(std::move(*f));
  return out;
}

const char upgrade[] =
    "Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

}  // namespace

TEST_CASE("an event stream opens with retry, has no empty event, and ends with the task") {
  with_app([](caller& c, std::uint16_t) -> base::awaitable<void> {
    const auto id = co_await c.submit("simulate", R"({"results":2,"interval_ms":1})");
    const auto events = co_await c.all_events(id);
    const auto r = co_await c.get("/api/tasks/" + id + "/events?after=2");
    CHECK(r.status == 200);
    CHECK(r.header("Content-Type") == "text/event-stream");
    CHECK(r.header("X-Accel-Buffering") == "no");
    CHECK(r.header("Incremental") == "?1");
    CHECK(r.header("Cache-Control") == "no-store, no-transform");
    const auto frames = frames_of(r.body);
    CHECK(r.body.starts_with("retry: "));
    REQUIRE(frames.size() == events.size() - 2);
    CHECK(std::stoi(frames[0].retry) >= 1000);
    CHECK(std::stoi(frames[0].retry) <= 4000);
    // Each block has data: to many libraries one without is an event, too.
    for (std::size_t i = 0; i < frames.size(); ++i) {
      CHECK(frames[i].id == std::to_string(i + 3));
      CHECK(frames[i].data == events[i + 2]);
      CHECK(frames[i].event == string_at(parse(events[i + 2]), "type"));
    }
  });
}

TEST_CASE(
    "of what a stream that has caught up gets, it is counted how late it was; of what it catches up with, it is not") {
  app_fixture app;
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    caller c(ex, app.port());
    caller management(ex, app.management_port());
    const auto id = co_await c.submit("simulate", R"({"results":2,"interval_ms":1})");
    (void)co_await c.all_events(id);
    (void)co_await c.get("/api/tasks/" + id + "/events");
    const auto before = (co_await management.get("/metrics")).body;
    CHECK(before.find("\nstreamdemo_delivery_lag_seconds_count 0\n") != std::string::npos);

    const auto later = co_await c.submit("simulate", R"({"results":100000,"interval_ms":1})");
    stream_reader live(ex, app.port(), transport::sse, later, 0);
    for (auto all = before; all.find("\nstreamdemo_delivery_lag_seconds_count 0\n") != std::string::npos;) {
      REQUIRE(co_await live.next());
      all = (co_await management.get("/metrics")).body;
    }
    co_await c.post("/api/tasks/" + later + "/cancel", "");
  });
}

TEST_CASE("Last-Event-ID wins over the query, and a reconnect at the end gets 204") {
  with_app([](caller& c, std::uint16_t) -> base::awaitable<void> {
    const auto id = co_await c.submit("simulate", R"({"results":2,"interval_ms":0})");
    const auto events = co_await c.all_events(id);
    const auto target = "/api/tasks/" + id + "/events?after=1&last_event_id=2";
    const auto by_query = co_await c.get(target);
    CHECK(frames_of(by_query.body).at(0).id == "3");
    const auto by_header = co_await c.get(target, header("Last-Event-ID", "4"));
    CHECK(frames_of(by_header.body).at(0).id == "5");
    const auto over = co_await c.get(target, header("Last-Event-ID", std::to_string(events.size())));
    CHECK(over.status == 204);
    const auto bad = co_await c.get(target, header("Last-Event-ID", "five"));
    CHECK(bad.status == 400);
    const auto other = co_await c.get(target, header("Accept", "image/png"));
    CHECK(other.status == 406);
  });
}

TEST_CASE("over a limit an EventSource is told to come back, and nobody can take that for the end") {
  with_app(
      [](caller& c, std::uint16_t) -> base::awaitable<void> {
        const auto opened =
            co_await c.raw().open_stream("/api/tasks/00000000-0000-7000-8000-000000000000/events", {}, in_time());
        REQUIRE(opened.has_value());
        CHECK(opened->status == 200);
        CHECK(opened->header("Content-Type") == "text/event-stream");
        std::string text;
        auto piece = co_await c.raw().read_some(in_time());
        for (; piece && !piece->empty(); piece = co_await c.raw().read_some(in_time())) text += *piece;
        CHECK(text.starts_with("retry: 10000\n: "));
        CHECK(text.find("\n\n") == std::string::npos);
        CHECK(piece.has_error());
      },
      [](config::settings& s) { s.gateway.max_waiters = 0; });
}

TEST_CASE("heartbeats keep quiet streams alive and are no events") {
  with_app(
      [](caller& c, std::uint16_t port) -> base::awaitable<void> {
        const auto ex = co_await asio::this_coro::executor;
        const auto id = co_await c.submit("simulate", R"({"results":2,"interval_ms":60000})");
        caller sse(ex, port), lines(ex, port);
        const auto target = "/api/tasks/" + id + "/events";
        auto f = header("Accept", "application/x-ndjson");
        const auto opened = co_await sse.raw().open_stream(target, {}, in_time());
        const auto opened_too = co_await lines.raw().open_stream(target, std::move(f), in_time());
        REQUIRE(opened.has_value());
        REQUIRE(opened_too.has_value());
        std::string text, objects;
        while (text.find("\n:\n") == std::string::npos) {
          const auto piece = co_await sse.raw().read_some(in_time());
          REQUIRE_MESSAGE(piece.has_value(), piece.error().message);
          text += *piece;
        }
        while (objects.find("{\"type\":\"heartbeat\"}\n") == std::string::npos) {
          const auto piece = co_await lines.raw().read_some(in_time());
          REQUIRE(piece.has_value());
          objects += *piece;
        }
        const auto canceled = co_await c.post("/api/tasks/" + id + "/cancel", "");
        CHECK(canceled.status == 200);
      },
      [](config::settings& s) { s.gateway.heartbeat = base::milliseconds(1000); });
}

TEST_CASE("a WebSocket upgrade is held to its rules") {
  app_fixture app;
  std::string id;
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    id = co_await c.submit("simulate", R"({"results":2,"interval_ms":60000})");
  });
  const auto ask = [&](std::string fields_text) {
    return exchange(app.port(), "GET /api/tasks/" + id + "/events HTTP/1.1\r\n" + fields_text + "\r\n", "\r\n\r\n");
  };
  const std::string up = upgrade;
  CHECK(ask(up).starts_with("HTTP/1.1 101"));
  CHECK(ask(up + "Sec-WebSocket-Protocol: chat, streamdemo.v1\r\n").find("streamdemo.v1") != std::string::npos);
  CHECK(ask(up + "Sec-WebSocket-Protocol: chat\r\n").starts_with("HTTP/1.1 400"));
  CHECK(ask(up + "Origin: http://evil.example\r\n").starts_with("HTTP/1.1 403"));
  CHECK(ask(up + "Origin: http://localhost\r\n").starts_with("HTTP/1.1 101"));
  CHECK(ask("Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")
            .starts_with("HTTP/1.1 400"));
  CHECK(ask("Host: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 12\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")
            .starts_with("HTTP/1.1 426"));
}

TEST_CASE("a WebSocket submits a task by its first message and gets the events") {
  with_app([](caller& c, std::uint16_t port) -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    caller ws(ex, port);
    const auto opened = co_await ws.raw().open_websocket("/api/simulate", {}, in_time());
    REQUIRE(opened.has_value());
    const auto sent =
        co_await ws.raw().write_message(R"({"results":3,"interval_ms":1,"idempotency_key":"ws-1"})", in_time());
    REQUIRE(sent.has_value());
    std::vector<std::string> got;
    std::string close;
    while (close.empty()) {
      auto m = co_await ws.raw().read_message(in_time());
      if (m) {
        got.push_back(std::move(*m));
      } else {
        close = m.error().message;
      }
    }
    CHECK(close.starts_with("1000"));
    REQUIRE(!got.empty());
    const auto id = string_at(parse(got[0]), "request_id");
    const auto events = co_await c.all_events(id);
    CHECK(got == events);
    // The key is the same one as by POST, and no part of the payload.
    const auto again =
        co_await c.post("/api/simulate", R"({"results":3,"interval_ms":1})", header("Idempotency-Key", "ws-1"));
    CHECK(again.status == 202);
    CHECK(string_at(parse(again.body), "request_id") == id);
  });
}

TEST_CASE("a bad first message gets an error frame and 4500") {
  with_app([](caller&, std::uint16_t port) -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    const std::array<const char*, 3> wrong{"hello", "[]", R"({"idempotency_key":7})"};
    for (const auto* text : wrong) {
      caller ws(ex, port);
      const auto opened = co_await ws.raw().open_websocket("/api/simulate", {}, in_time());
      REQUIRE(opened.has_value());
      const auto sent = co_await ws.raw().write_message(text, in_time());
      REQUIRE(sent.has_value());
      const auto frame = co_await ws.raw().read_message(in_time());
      REQUIRE(frame.has_value());
      CHECK(string_at(parse(*frame), "type") == "error");
      CHECK(parse(*frame).as_object().at("problem").as_object().at("status").as_int64() == 400);
      const auto close = co_await ws.raw().read_message(in_time());
      REQUIRE(!close.has_value());
      CHECK(close.error().message.starts_with("4500"));
    }
  });
}

TEST_CASE("a client that goes away cancels nothing") {
  with_app([](caller& c, std::uint16_t port) -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    std::string id;
    {
      caller ws(ex, port);
      const auto opened = co_await ws.raw().open_websocket("/api/simulate", {}, in_time());
      REQUIRE(opened.has_value());
      const auto sent = co_await ws.raw().write_message(R"({"results":5,"interval_ms":50})", in_time());
      REQUIRE(sent.has_value());
      const auto first = co_await ws.raw().read_message(in_time());
      REQUIRE(first.has_value());
      id = string_at(parse(*first), "request_id");
    }
    const auto events = co_await c.all_events(id);
    CHECK(string_at(parse(events.back()).as_object().at("data"), "status") == "succeeded");
  });
}

TEST_CASE("a task that waits for a processor tells where it stands, on every stream and in polls, until it begins") {
  with_app(
      [](caller& c, std::uint16_t port) -> base::awaitable<void> {
        const auto first = co_await c.submit("simulate", R"({"results":2,"interval_ms":600000})");
        const auto second = co_await c.submit("simulate", R"({"results":1,"interval_ms":0})");
        const auto third = co_await c.submit("simulate", R"({"results":1,"interval_ms":0})");
        const auto ex = co_await asio::this_coro::executor;
        const auto place_of = [](const std::string& id, int ahead) {
          return "{\"type\":\"queued\",\"request_id\":\"" + id + "\",\"ahead\":" + std::to_string(ahead) +
                 ",\"free_slots\":0,\"slots\":1,\"expected_at\":null}";
        };
        for (const auto t : {transport::sse, transport::json_lines, transport::websocket}) {
          stream_reader waits(ex, port, t, third, 1);
          CHECK(co_await waits.next() == place_of(third, 1));
        }
        stream_reader from_the_start(ex, port, transport::sse, second, 0);
        CHECK(string_at(parse(*co_await from_the_start.next()), "type") == "accepted");
        CHECK(co_await from_the_start.next() == place_of(second, 0));
        const auto target = "/api/tasks/" + third + "?after=1";
        const auto poll = co_await c.get(target);
        CHECK(poll.body ==
              "{\"request_id\":\"" + third +
                  "\",\"kind\":\"simulate\",\"status\":\"queued\",\"queued\":{\"ahead\":1,\"free_slots\":0,"
                  "\"slots\":1,\"expected_at\":null},\"last_seq\":1,\"events\":[],\"next\":1,\"more\":false}\n");
        const auto tag = std::string(poll.header("ETag"));
        CHECK((co_await c.get(target, header("If-None-Match", tag))).status == 304);
        co_await c.post("/api/tasks/" + second + "/cancel", "{}");
        stream_reader moves_up(ex, port, transport::websocket, third, 1);
        while (co_await moves_up.next() != place_of(third, 0)) {
        }
        CHECK((co_await c.get(target, header("If-None-Match", tag))).status == 200);
        co_await c.post("/api/tasks/" + first + "/cancel", "{}");
        // Whatever else it is told of its place, it begins and ends.
        while (string_at(parse(*co_await moves_up.next()), "type") != "ended") {
        }
        CHECK(!parse((co_await c.get(target)).body).as_object().contains("queued"));
      },
      [](config::settings& s) { s.processor.concurrency = 1; });
}
