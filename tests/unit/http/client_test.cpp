#include <doctest/doctest.h>

#include <streamdemo/http/client.hpp>

#include "test_server.hpp"

using namespace streamdemo;
using namespace streamdemo::http;
using namespace streamdemo::http::test;

namespace {

std::chrono::steady_clock::time_point soon() {
  return std::chrono::steady_clock::now() + std::chrono::seconds{10};
}

const std::vector<field> none;

// Runs `body` on a loop of its own and waits for it.
void run(std::function<awaitable<void>(client&)> body, std::uint16_t port) {
  asio::io_context context;
  auto c = make_client(context.get_executor(), "127.0.0.1", port);
  std::exception_ptr failed;
  asio::co_spawn(context.get_executor(), body(*c), [&](std::exception_ptr e) { failed = e; });
  context.run();
  if (failed) std::rethrow_exception(failed);
}

}  // namespace

TEST_CASE("a client sends requests over one connection and reconnects when it was closed") {
  test_server s([](server_options& o) { o.idle_timeout = base::milliseconds{100}; });
  auto body = [&](client& c) -> awaitable<void> {
    for (int i = 0; i < 10; ++i) {
      const auto r = co_await c.send(verb::get, "/hello", none, "", soon());
      REQUIRE(r.has_value());
      CHECK(r->status == 200);
      CHECK(r->body == "hello");
      CHECK(!r->header("date").empty());
    }
    const std::vector<field> fields(1, field{"X", "y"});
    const auto posted = co_await c.send(verb::post, "/echo", fields, "text", soon());
    REQUIRE(posted.has_value());
    CHECK(posted->body == "text");
    const auto head = co_await c.send(verb::head, "/hello", none, "", soon());
    REQUIRE(head.has_value());
    CHECK(head->body.empty());
    for (int i = 0; i < 500 && s.server->connections() > 0; ++i)
      co_await base::sleep_for(std::chrono::milliseconds{10});
    const auto again = co_await c.send(verb::get, "/hello", none, "", soon());
    REQUIRE(again.has_value());
    CHECK(again->status == 200);
  };
  run(body, s.port);
}

TEST_CASE("a client names what went wrong") {
  test_server s;
  const auto dead_port = [] {
    asio::io_context context;
    asio::ip::tcp::acceptor a(context, {asio::ip::make_address("127.0.0.1"), 0});
    return a.local_endpoint().port();
  }();
  auto refused = [](client& c) -> awaitable<void> {
    const auto r = co_await c.send(verb::get, "/", none, "", soon());
    REQUIRE(!r);
    CHECK(r.error().code == errc::unavailable);
  };
  run(refused, dead_port);
  auto late = [](client& c) -> awaitable<void> {
    const auto at = std::chrono::steady_clock::now() + std::chrono::milliseconds{100};
    const auto r = co_await c.send(verb::get, "/wait", none, "", at);
    REQUIRE(!r);
    CHECK(r.error().code == errc::timed_out);
  };
  run(late, s.port);
}

TEST_CASE("a client reads a stream to its end") {
  test_server s;
  auto body = [](client& c) -> awaitable<void> {
    const auto head = co_await c.open_stream("/stream", none, soon());
    REQUIRE(head.has_value());
    CHECK(head->status == 200);
    std::string all;
    for (;;) {
      const auto piece = co_await c.read_some(soon());
      REQUIRE(piece.has_value());
      if (piece->empty()) break;
      all += *piece;
    }
    CHECK(all == "onetwo");
    const auto after = co_await c.send(verb::get, "/hello", none, "", soon());
    REQUIRE(after.has_value());
    CHECK(after->body == "hello");
  };
  run(body, s.port);
}

TEST_CASE("a client talks over a WebSocket and is told how it was closed") {
  test_server s;
  auto body = [](client& c) -> awaitable<void> {
    const auto head = co_await c.open_websocket("/ws", none, soon());
    REQUIRE(head.has_value());
    CHECK(head->status == 101);
    CHECK(head->header("Sec-WebSocket-Protocol") == "test.v1");
    const auto one = co_await c.read_message(soon());
    REQUIRE(one.has_value());
    CHECK(*one == "one");
    const auto two = co_await c.read_message(soon());
    REQUIRE(two.has_value());
    CHECK(*two == "two");
    const auto wrote_echo = co_await c.write_message("echo", soon());
    REQUIRE(wrote_echo.has_value());
    const auto echo = co_await c.read_message(soon());
    REQUIRE(echo.has_value());
    CHECK(*echo == "echo");
    const auto wrote_end = co_await c.write_message("end", soon());
    REQUIRE(wrote_end.has_value());
    const auto end = co_await c.read_message(soon());
    REQUIRE(!end);
    CHECK(end.error().code == errc::closed);
    CHECK(end.error().message.substr(0, 4) == "1000");
  };
  run(body, s.port);
  auto refused = [](client& c) -> awaitable<void> {
    const auto head = co_await c.open_websocket("/hello", none, soon());
    REQUIRE(head.has_value());
    CHECK(head->status == 200);
  };
  run(refused, s.port);
}

TEST_CASE("a client counts its connections and bytes, those of closed ones included") {
  test_server s;
  auto body = [&](client& c) -> awaitable<void> {
    CHECK(c.wire() == wire_counts{});
    REQUIRE((co_await c.send(verb::get, "/hello", none, "", soon())).has_value());
    const auto once = c.wire();
    CHECK(once.connections == 1);
    // "GET /hello HTTP/1.1", Host with its port, an empty line: what stands on the wire, byte for byte.
    const auto request = fmt::format("GET /hello HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", s.port);
    CHECK(once.bytes_sent == request.size());
    CHECK(once.bytes_received > std::string("hello").size());
    REQUIRE((co_await c.send(verb::get, "/hello", none, "", soon())).has_value());
    CHECK(c.wire().connections == 1);
    c.disconnect();
    REQUIRE((co_await c.send(verb::get, "/hello", none, "", soon())).has_value());
    c.disconnect();
    const auto all = c.wire();
    CHECK(all.connections == 2);
    CHECK(all.bytes_sent == 3 * once.bytes_sent);
    CHECK(all.bytes_received == 3 * once.bytes_received);
    CHECK(all.segments_sent > once.segments_sent);
  };
  run(body, s.port);
}
