// The server with real sockets: requests and answers. Limits and endings are in server_limits_test.cpp.
#include <doctest/doctest.h>

#include "peer.hpp"
#include "test_server.hpp"

using namespace streamdemo;
using namespace streamdemo::http;
using namespace streamdemo::http::test;

namespace {

std::string get(std::string_view target, std::string_view more = "") {
  return fmt::format("GET {} HTTP/1.1\r\nHost: a\r\n{}\r\n", target, more);
}

std::string post(std::string_view target, std::string_view body, std::string_view more = "") {
  return fmt::format("POST {} HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n{}\r\n{}", target, body.size(), more, body);
}

}  // namespace

TEST_CASE("a server answers many requests on one connection") {
  test_server s;
  peer p(s.port);
  for (int i = 0; i < 500; ++i) {
    const auto a = p.ask(get("/hello"));
    REQUIRE(a.status == 200);
    REQUIRE(a.body == "hello");
    REQUIRE(a.has("Date: "));
    REQUIRE(!a.has("Connection:"));
  }
  CHECK(s.server->connections() == 1);
}

TEST_CASE("a request split at every byte is the same request") {
  test_server s;
  const auto bytes = post("/echo", "some body");
  peer p(s.port);
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    p.send(std::string_view{bytes}.substr(0, cut));
    // An answer to a second connection in between shows that the server has seen the first part.
    if (cut % 16 == 0) {
      peer other(s.port);
      REQUIRE(other.ask(get("/hello")).status == 200);
    }
    const auto a = p.ask(std::string_view{bytes}.substr(cut));
    REQUIRE(a.status == 200);
    REQUIRE(a.body == "some body");
  }
  for (const char c : bytes) p.send({&c, 1});
  CHECK(p.read().body == "some body");
}

TEST_CASE("pipelined requests are answered in order") {
  test_server s;
  peer p(s.port);
  std::string all;
  for (int i = 0; i < 300; ++i) all += post("/echo", fmt::format("{}", i)) + get("/hello");
  p.send(all);
  for (int i = 0; i < 300; ++i) {
    REQUIRE(p.read().body == fmt::format("{}", i));
    REQUIRE(p.read().body == "hello");
  }
}

TEST_CASE("HEAD has the head of GET, and 204 has no body") {
  test_server s;
  peer p(s.port);
  p.send("HEAD /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto head = p.read(true);
  CHECK(head.status == 200);
  CHECK(head.has("Content-Length: 5"));
  p.send("HEAD /file HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(p.read(true).has("Content-Length: 1000000"));
  p.send(get("/nothing"));
  const auto nothing = p.read();
  CHECK(nothing.status == 204);
  CHECK(!nothing.has("Content-Length"));
  CHECK(p.ask(get("/hello")).body == "hello");
}

TEST_CASE("HTTP/1.0 closes after its answer unless it asks to stay") {
  test_server s;
  peer once(s.port);
  const auto a = once.ask("GET /hello HTTP/1.0\r\n\r\n");
  CHECK(a.body == "hello");
  CHECK(a.has("Connection: close"));
  CHECK(once.ends());
  peer stays(s.port);
  const auto b = stays.ask("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(b.has("Connection: keep-alive"));
  CHECK(stays.ask(get("/hello")).body == "hello");
}

TEST_CASE("Connection: close ends the connection behind its answer") {
  test_server s;
  peer p(s.port);
  CHECK(p.ask(get("/hello", "Connection: close\r\n")).has("Connection: close"));
  CHECK(p.ends());
  CHECK(s.eventually([&] { return s.server->connections() == 0; }));
}

TEST_CASE("a client that half-closes behind its request still gets the answer") {
  test_server s;
  peer p(s.port);
  p.send(get("/hello"));
  p.half_close();
  CHECK(p.read().body == "hello");
  CHECK(p.ends());
}

TEST_CASE("a chunked body is taken, in one piece and byte by byte") {
  test_server s;
  peer p(s.port);
  const std::string bytes =
      "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
      "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\nTrailer: t\r\n\r\n";
  CHECK(p.ask(bytes).body == "hello world");
  for (const char c : bytes) p.send({&c, 1});
  CHECK(p.read().body == "hello world");
  CHECK(p.ask(get("/hello")).body == "hello");
}

TEST_CASE("100 Continue is said at the first read, and not by an endpoint that refuses") {
  test_server s;
  peer p(s.port);
  p.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  CHECK(p.read().status == 100);
  CHECK(p.ask("body").body == "body");
  p.send("POST /refuse HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  const auto refused = p.read();
  CHECK(refused.status == 403);
  CHECK(refused.has("Connection: close"));
  CHECK(p.ends());
}

TEST_CASE("100 Continue is not said when the body is there already") {
  test_server s;
  peer p(s.port);
  CHECK(p.ask(post("/echo", "body", "Expect: 100-continue\r\n")).status == 200);
}

TEST_CASE("a small body that nobody read does not disturb the next request") {
  test_server s;
  peer p(s.port);
  p.send(post("/refuse", std::string(60000, 'b')) + get("/hello"));
  CHECK(p.read().status == 403);
  CHECK(p.read().body == "hello");
}

TEST_CASE("large answers and answers from a source arrive whole at a slow reader") {
  test_server s;
  peer p(s.port, 4096);
  p.send(get("/big") + get("/file") + get("/big?small=1") + get("/hello"));
  CHECK(s.eventually([&] { return s.server->connections() == 1; }));
  CHECK(p.read().body == std::string(4000000, 'y'));
  std::string letters_in_order;
  for (std::size_t i = 0; i < 1000000; ++i) letters_in_order += letters::at(i);
  const bool in_order = p.read().body == letters_in_order;
  CHECK(in_order);
  CHECK(p.read().body == std::string(70000, 'y'));
  CHECK(p.read().body == "hello");
}

TEST_CASE("a source that ends early cuts the connection") {
  test_server s;
  peer p(s.port);
  const auto a = p.ask(get("/short-file"));
  CHECK(a.has("Content-Length: 1000000"));
  CHECK(a.body.size() == 1000);
}

TEST_CASE("an exception in a handler is a 500, and the connection goes on") {
  test_server s;
  peer p(s.port);
  CHECK(p.ask(get("/throw")).status == 500);
  CHECK(p.ask(get("/hello")).status == 200);
}

TEST_CASE("a handler learns the peer's address, and cannot be made to write a field") {
  test_server s;
  peer p(s.port);
  CHECK(p.ask(get("/peer")).body == "127.0.0.1");
  const auto a = p.ask(get("/inject?v=a%0d%0aSet-Cookie:%20b"));
  CHECK(a.has("X-Echo: a  Set-Cookie: b\r\n"));
}

TEST_CASE("connections are dealt out to all loops in turn") {
  test_server s({}, 3);
  std::set<std::string> loops;
  for (int i = 0; i < 3; ++i) {
    peer p(s.port);
    loops.insert(p.ask(get("/loop")).body);
  }
  CHECK(loops == std::set<std::string>{"0", "1", "2"});
}

TEST_CASE("a reader of a body that is kept beyond its request reads nothing") {
  test_server s;
  peer p(s.port);
  CHECK(p.ask(post("/refuse?keep=1", "body")).status == 403);
  CHECK(p.ask(post("/echo", "next")).body == "next");
  REQUIRE(s.kept);
  auto kept = s.kept;
  auto read = [kept]() -> awaitable<result<std::string>> { return kept->read_all(100); };
  auto got = asio::co_spawn(s.threads.executor(0), read(), asio::use_future).get();
  REQUIRE(!got);
  CHECK(got.error().code == errc::closed);
}

TEST_CASE("a body takes no more room than its bytes, however it was sent") {
  test_server s;
  peer p(s.port);
  const std::string text(1000, 'a');
  CHECK(p.ask(post("/echo", text)).body == text);
  CHECK(s.echoed_capacity < 2 * text.size());
  p.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" + text + "\r\n0\r\n\r\n");
  CHECK(p.read().body == text);
  CHECK(s.echoed_capacity < 2 * text.size());
}

TEST_CASE("a stream is chunked for HTTP/1.1, plain for HTTP/1.0, and only a head for HEAD") {
  test_server s;
  peer p(s.port);
  p.send(get("/stream"));
  const auto a = p.read(true);
  CHECK(a.status == 200);
  CHECK(a.has("Transfer-Encoding: chunked"));
  CHECK(a.has("Content-Type: text/event-stream"));
  const auto body = p.until("\r\n0\r\n\r\n");
  CHECK(body.find("one") != std::string::npos);
  CHECK(body.ends_with("\r\n0\r\n\r\n"));
  peer old(s.port);
  old.send("GET /stream HTTP/1.0\r\n\r\n");
  CHECK(!old.read(true).has("Transfer-Encoding"));
  CHECK(old.rest() == "onetwo");
  peer head(s.port);
  head.send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(head.read(true).status == 200);
  CHECK(head.ask(get("/hello")).body == "hello");
}

// Clients and proxies take a connection for theirs again as soon as the last chunk is there.
TEST_CASE("a connection serves the next request after a stream, and after that one again") {
  test_server s({}, 2);
  peer p(s.port);
  for (int i = 0; i < 3; ++i) {
    p.send(get("/stream"));
    CHECK(p.read(true).status == 200);
    CHECK(p.until("\r\n0\r\n\r\n").find("two") != std::string::npos);
    CHECK(p.ask(post("/echo", "again")).body == "again");
  }
  CHECK(p.ask(get("/peer")).body == "127.0.0.1");
  CHECK(s.server->connections() == 1);
}

TEST_CASE("a connection ends with its stream where the client said so or has sent more meanwhile, and at a drain") {
  test_server s;
  peer last(s.port);
  last.send("GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  CHECK(last.rest().ends_with("0\r\n\r\n"));
  peer hasty(s.port);
  hasty.send(get("/stream") + get("/hello"));
  CHECK(hasty.rest().ends_with("0\r\n\r\n"));
  peer idle(s.port);
  idle.send(get("/stream"));
  CHECK(idle.until("\r\n0\r\n\r\n").ends_with("0\r\n\r\n"));
  s.stop(std::chrono::seconds{20});
  CHECK(idle.ends());
  CHECK(s.server->connections() == 0);
}

TEST_CASE("an upgrade is answered as RFC 6455 wants it, and frames sent with it are not lost") {
  test_server s;
  peer p(s.port);
  const std::string head =
      "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  // "end" in one masked text frame, with the mask 0.
  p.send(head + std::string("\x81\x83\0\0\0\0end", 9));
  const auto a = p.read(true);
  CHECK(a.status == 101);
  CHECK(a.has("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
  CHECK(a.has("Sec-WebSocket-Protocol: test.v1"));
  p.half_close();
  CHECK(p.rest().substr(0, 10) == std::string("\x81\x03one\x81\x03two", 10));
}

TEST_CASE("a wrong upgrade is refused and says which version is spoken") {
  test_server s;
  peer p(s.port);
  CHECK(p.ask("GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n").status == 400);
  peer q(s.port);
  const auto a = q.ask(
      "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 7\r\n\r\n");
  CHECK(a.status == 426);
  CHECK(a.has("Sec-WebSocket-Version: 13"));
}
