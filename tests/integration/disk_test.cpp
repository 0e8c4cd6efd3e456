// A task with many times more events than memory holds, and a directory for them: every client gets all of them.
#include <doctest/doctest.h>

#include <array>

#include "integration/stream_reader.hpp"

using namespace streamdemo;
using namespace streamdemo::test;

namespace {

constexpr int results = 300;
constexpr auto task = R"({"results":300,"interval_ms":0,"payload_bytes":30000})";

void small_memory(config::settings& s, const std::filesystem::path& directory) {
  s.results.max_bytes = 2 << 20;
  s.history.directory = directory;
}

base::awaitable<std::vector<std::string>> all_of(transport t, std::uint16_t port, std::string id, std::int64_t after) {
  stream_reader reader(co_await asio::this_coro::executor, port, t, std::move(id), after);
  std::vector<std::string> events;
  for (;;) {
    auto e = co_await reader.next();
    if (!e) co_return events;
    events.push_back(std::move(*e));
  }
}

bool in_order(const std::vector<std::string>& events, std::int64_t after) {
  for (const auto& e : events) {
    const auto v = parse(e).as_object();
    if (!v.contains("seq") || v.at("seq").as_int64() != ++after) return false;
  }
  return true;
}

}  // namespace

TEST_CASE("on every transport, a client that comes after the end gets every event from the first one on") {
  temporary_directory directory;
  app_fixture app([&](auto& s) { small_memory(s, directory.path()); });
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto id = co_await c.submit("simulate", task);
    const auto live = co_await all_of(transport::sse, app.port(), id, 0);
    REQUIRE(live.size() > results);
    CHECK(in_order(live, 0));
    CHECK(live.back().starts_with("{\"type\":\"ended\""));
    constexpr std::array transports{transport::poll, transport::long_poll, transport::sse, transport::json_lines,
                                    transport::websocket};
    for (const auto t : transports) {
      CAPTURE(static_cast<int>(t));
      const auto late = co_await all_of(t, app.port(), id, 0);
      CHECK(late == live);
    }
    const auto half = static_cast<std::int64_t>(live.size() / 2);
    const auto rest = co_await all_of(transport::websocket, app.port(), id, half);
    CHECK(rest == std::vector<std::string>(live.begin() + half, live.end()));

    std::vector<std::string> expected;
    for (const auto& e : live) {
      if (e.starts_with("{\"type\":\"result\"")) expected.push_back(e);
    }
    const auto done = co_await c.get("/api/results/" + id);
    CHECK(done.status == 200);
    CHECK(objects_of(done.body, "results") == expected);
    CHECK(done.body.ends_with("\"ended\":" + live.back() + "}\n"));
  });
}

TEST_CASE("a task whose last event left memory, too, is still answered, small or large") {
  temporary_directory directory;
  app_fixture app([&](auto& s) { small_memory(s, directory.path()); });
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    const auto small = co_await c.submit("simulate", R"({"results":3,"interval_ms":0})");
    const auto before = co_await all_of(transport::sse, app.port(), small, 0);
    const auto large = co_await c.submit("simulate", task);
    const auto live = co_await all_of(transport::sse, app.port(), large, 0);
    for (int i = 0; i < 2; ++i) {
      const auto flood = co_await c.submit("simulate", task);
      static_cast<void>(co_await all_of(transport::sse, app.port(), flood, 0));
    }
    const auto again = co_await all_of(transport::sse, app.port(), small, 0);
    CHECK(again == before);
    const auto some = co_await c.get("/api/results/" + small);
    CHECK(some.status == 200);
    CHECK(objects_of(some.body, "results").size() == 3);
    const auto many = co_await c.get("/api/results/" + large);
    CHECK(many.status == 200);
    CHECK(objects_of(many.body, "results").size() == results);
    const auto head = co_await c.send(http::verb::head, "/api/results/" + large);
    CHECK(head.header("Content-Length") == std::to_string(many.body.size()));
    const auto last = co_await c.get("/api/tasks/" + large + "?after=" + std::to_string(live.size() - 1));
    CHECK(objects_of(last.body, "events") == std::vector<std::string>{live.back()});
    const auto deleted = co_await c.send(http::verb::delete_, "/api/tasks/" + large);
    CHECK(deleted.status < 300);
    const auto gone = co_await c.get("/api/tasks/" + large);
    CHECK(gone.status >= 400);
  });
}

TEST_CASE("many tasks of one socket are read from the disk side by side") {
  temporary_directory directory;
  app_fixture app([&](auto& s) { small_memory(s, directory.path()); });
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    std::map<std::string, std::vector<std::string>> live;
    for (int i = 0; i < 4; ++i) {
      const auto id = co_await c.submit("simulate", task);
      live[id] = co_await all_of(transport::json_lines, app.port(), id, 0);
    }
    caller socket(co_await asio::this_coro::executor, app.port());
    const auto opened = co_await socket.raw().open_websocket("/api/stream", {}, in_time());
    REQUIRE(opened.has_value());
    for (const auto& [id, events] : live) {
      auto text = "{\"action\":\"subscribe\",\"request_id\":\"" + id + "\",\"after\":0}";
      const auto said = co_await socket.raw().write_message(std::move(text), in_time());
      REQUIRE(said.has_value());
    }
    std::map<std::string, std::vector<std::string>> seen;
    for (std::size_t ended = 0; ended < live.size();) {
      auto m = co_await socket.raw().read_message(in_time());
      REQUIRE(m.has_value());
      const auto v = parse(*m).as_object();
      if (string_at(v, "type") == "ended") ++ended;
      if (v.contains("seq")) seen[string_at(v, "request_id")].push_back(std::move(*m));
    }
    CHECK(seen == live);
  });
}

TEST_CASE("a second process on the directory does not start, and says which setting to change") {
  temporary_directory directory;
  app_fixture app([&](auto& s) { small_memory(s, directory.path()); });
  std::string why;
  try {
    app_fixture second([&](auto& s) { small_memory(s, directory.path()); });
  } catch (const std::runtime_error& e) {
    why = e.what();
  }
  CHECK(why.find("history.directory") != std::string::npos);
}

TEST_CASE("a gateway that starts again has every event, and reads nothing of the log that it had read before") {
  temporary_directory directory;
  const auto one_machine = [&](config::settings& s) {
    small_memory(s, directory.path() / "history");
    s.inprocess.directory = directory.path() / "journal";
  };
  std::string id;
  std::vector<std::string> before;
  {
    app_fixture app(one_machine);
    run([&]() -> base::awaitable<void> {
      caller c(co_await asio::this_coro::executor, app.port());
      id = co_await c.submit("simulate", task);
      before = co_await all_of(transport::sse, app.port(), id, 0);
    });
  }
  app_fixture app(one_machine);
  run([&]() -> base::awaitable<void> {
    caller operators(co_await asio::this_coro::executor, app.management_port());
    const auto metrics = co_await operators.get("/metrics");
    const auto at = metrics.body.find("\nstreamdemo_history_events_total ");
    REQUIRE(at != std::string::npos);
    CHECK(metrics.body.substr(at + 1, metrics.body.find('\n', at + 1) - at) == "streamdemo_history_events_total 0\n");
    const auto after = co_await all_of(transport::json_lines, app.port(), id, 0);
    CHECK(after == before);
    caller c(co_await asio::this_coro::executor, app.port());
    const auto next = co_await c.submit("simulate", R"({"results":3,"interval_ms":0})");
    const auto more = co_await all_of(transport::websocket, app.port(), next, 0);
    CHECK(in_order(more, 0));
  });
}
