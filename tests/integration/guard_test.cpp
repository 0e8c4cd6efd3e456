// Who may call, malformed requests, and the end under load.
#include <doctest/doctest.h>

#include <thread>

#include "integration/stream_reader.hpp"

using namespace streamdemo;
using namespace streamdemo::test;

namespace {

std::string status_of(std::uint16_t port, std::string_view bytes) {
  return exchange(port, bytes, "\r\n\r\n").substr(0, 12);
}

}  // namespace

TEST_CASE("only this server's own names are answered") {
  app_fixture app([](config::settings& s) { s.gateway.allowed_origins = {"https://example.org"}; });
  const auto with_host = [&](std::string host) {
    return status_of(app.port(), "GET /api/tasks HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
  };
  CHECK(with_host("localhost") == "HTTP/1.1 200");
  CHECK(with_host("127.0.0.1:8080") == "HTTP/1.1 200");
  CHECK(with_host("example.org") == "HTTP/1.1 200");
  CHECK(with_host("evil.example") == "HTTP/1.1 403");
}

TEST_CASE("pages of listed origins may call and read, others may not") {
  app_fixture app([](config::settings& s) { s.gateway.allowed_origins = {"https://example.org"}; });
  const auto ask = [&](std::string line, std::string origin, std::string more = {}) {
    return exchange(app.port(), line + " HTTP/1.1\r\nHost: localhost\r\nOrigin: " + origin + "\r\n" + more + "\r\n",
                    "\r\n\r\n");
  };
  const auto good = ask("GET /api/tasks", "https://example.org");
  CHECK(good.find("Access-Control-Allow-Origin: https://example.org\r\n") != std::string::npos);
  CHECK(good.find(
            "Access-Control-Expose-Headers: Location, Retry-After, ETag, Preference-Applied, WWW-Authenticate\r\n") !=
        std::string::npos);
  const auto bad = ask("GET /api/tasks", "http://evil.example");
  CHECK(bad.find("Access-Control-Allow-Origin") == std::string::npos);
  CHECK(ask("POST /api/tasks/x/cancel", "http://evil.example", "Content-Length: 0\r\n").starts_with("HTTP/1.1 403"));
  const auto preflight = ask("OPTIONS /api/simulate", "https://example.org", "Access-Control-Request-Method: POST\r\n");
  CHECK(preflight.starts_with("HTTP/1.1 204"));
  CHECK(preflight.find("Access-Control-Allow-Methods: ") != std::string::npos);
  CHECK(preflight.find("Idempotency-Key") != std::string::npos);
  CHECK(preflight.find("X-Requested-With") != std::string::npos);  // react-native-sse sends it, in a browser, too
  const auto denied = ask("OPTIONS /api/simulate", "http://evil.example", "Access-Control-Request-Method: POST\r\n");
  CHECK(denied.find("Access-Control-Allow") == std::string::npos);
}

TEST_CASE("both listeners tell the methods of the whole server") {
  app_fixture app;
  const std::string ask = "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const auto all = exchange(app.port(), ask, "\r\n\r\n");
  CHECK(all.starts_with("HTTP/1.1 204"));
  CHECK(all.find("\r\nAllow: POST, GET, HEAD, DELETE, OPTIONS\r\n") != std::string::npos);
  const auto few = exchange(app.management_port(), ask, "\r\n\r\n");
  CHECK(few.starts_with("HTTP/1.1 204"));
  CHECK(few.find("\r\nAllow: GET, HEAD, OPTIONS\r\n") != std::string::npos);
}

TEST_CASE("malformed requests have their documented answers, and the server goes on") {
  app_fixture app([](config::settings& s) {
    s.gateway.request_timeout = base::milliseconds(1000);
    s.gateway.max_header_bytes = 8192;
  });
  const auto port = app.port();
  CHECK(status_of(port, "nonsense\r\n\r\n") == "HTTP/1.1 400");
  CHECK(status_of(port, "GET /api/tasks HTTP/1.1\r\n\r\n") == "HTTP/1.1 400");
  CHECK(status_of(port, "GET /api/tasks HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(20000, 'x') + "\r\n\r\n") ==
        "HTTP/1.1 431");
  CHECK(status_of(port, "GET /" + std::string(20000, 'x') + " HTTP/1.1\r\nHost: localhost\r\n\r\n") == "HTTP/1.1 414");
  // Half a head, and a body that does not come: both run into the request's deadline.
  CHECK(status_of(port, "GET /api/tasks HTTP/1.1\r\nHost: loc") == "HTTP/1.1 408");
  CHECK(status_of(port,
                  "POST /api/simulate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                  "Content-Length: 50\r\n\r\n{") == "HTTP/1.1 408");
  const auto error = exchange(port, "GET /api/tasks HTTP/1.1\r\n\r\n");
  CHECK(error.find("Content-Type: application/problem+json\r\n") != std::string::npos);
  CHECK(status_of(port, "GET /api/tasks HTTP/1.1\r\nHost: localhost\r\n\r\n") == "HTTP/1.1 200");
}

TEST_CASE("Expect: 100-continue is answered only once kind, type and size are checked") {
  app_fixture app([](config::settings& s) { s.gateway.max_upload_bytes = 1000; });
  const auto ask = [&](std::string path, std::string type, int length, std::string more = {}) {
    return status_of(app.port(), "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n" +
                                     "Content-Type: " + type + "\r\nContent-Length: " + std::to_string(length) +
                                     "\r\n" + more + "\r\n");
  };
  CHECK(ask("/api/process-video", "video/mp4", 1001) == "HTTP/1.1 413");
  CHECK(ask("/api/process-video", "multipart/form-data", 10) == "HTTP/1.1 415");
  CHECK(ask("/api/nonsense", "video/mp4", 10) == "HTTP/1.1 404");
  CHECK(ask("/api/process-video", "video/mp4", 10, "Content-Encoding: gzip\r\n") == "HTTP/1.1 415");
  CHECK(ask("/api/simulate", "application/json", 10, "content-encoding: br\r\n") == "HTTP/1.1 415");
  CHECK(ask("/api/process-video", "video/mp4", 10, "Content-Encoding: identity\r\n") == "HTTP/1.1 100");
  CHECK(ask("/api/process-video", "video/mp4", 10) == "HTTP/1.1 100");
}

TEST_CASE("at the end streams are told to reconnect, long polls are answered, and nobody new is let in") {
  app_fixture app([](config::settings& s) {
    s.gateway.drain = base::milliseconds(10000);
    s.processor.drain = base::milliseconds(500);
  });
  const auto port = app.port();
  run([&]() -> base::awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    caller c(ex, port), sse(ex, port), ws(ex, port), poll(ex, port);
    const auto id = co_await c.submit("simulate", R"({"results":1000,"interval_ms":1000})");
    const auto target = "/api/tasks/" + id + "/events";
    const auto opened = co_await sse.raw().open_stream(target, {}, in_time());
    const auto upgraded = co_await ws.raw().open_websocket(target, {}, in_time());
    REQUIRE(opened.has_value());
    REQUIRE(upgraded.has_value());
    std::thread stopper([&] { app.stop(); });
    std::string text;
    for (;;) {
      const auto piece = co_await sse.raw().read_some(in_time());
      if (!piece) {
        // Cut, not completed: the client can tell that there is more.
        CHECK(piece.error().code == base::errc::closed);
        break;
      }
      REQUIRE(!piece->empty());
      text += *piece;
    }
    http::sse_reader frames;
    frames.feed(text);
    std::string cursor;
    http::sse_frame end;
    while (auto f = frames.next()) {
      if (f->event != "reconnect") cursor = f->id;
      end = std::move(*f);
    }
    CHECK(end.event == "reconnect");
    CHECK(end.id == cursor);
    CHECK(std::stoi(end.retry) >= 12000);
    CHECK(std::stoi(end.retry) <= 15000);
    std::string last, close;
    while (close.empty()) {
      auto m = co_await ws.raw().read_message(in_time());
      if (m) {
        last = std::move(*m);
      } else {
        close = m.error().message;
      }
    }
    CHECK(last.find("\"type\":\"reconnect\"") != std::string::npos);
    CHECK(close.starts_with("1012"));
    caller late(ex, port);
    const auto refused = co_await late.raw().send(http::verb::get, "/api/tasks", {}, {}, in_time());
    CHECK(!refused.has_value());
    stopper.join();
  });
}
