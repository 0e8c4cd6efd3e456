#include "http/request_parser.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace streamdemo::http;
using step = request_parser::step;

namespace {

struct parsed {
  request r;
  problem why;
  step state = step::more;
  std::string rest;
};

// Feeds `bytes` in pieces that end at `cuts`, keeping what was not used, as a connection does.
parsed feed(std::string_view bytes, const std::vector<std::size_t>& cuts, std::uint64_t limit = 1024) {
  parsed out;
  request_parser parser(out.r, limit);
  std::string pending;
  std::size_t from = 0;
  for (std::size_t i = 0; i <= cuts.size() && out.state == step::more; ++i) {
    const auto to = i < cuts.size() ? cuts[i] : bytes.size();
    pending += bytes.substr(from, to - from);
    from = to;
    std::size_t used = 0;
    out.state = parser.head(pending, used);
    pending.erase(0, used);
  }
  out.why = parser.why();
  out.rest = pending + std::string(bytes.substr(from));
  return out;
}

parsed whole(std::string_view bytes, std::uint64_t limit = 1024) {
  return feed(bytes, {}, limit);
}

int refused(std::string_view bytes, std::uint64_t limit = 1024) {
  const auto p = whole(bytes, limit);
  return p.state == step::failed ? p.why.status : 0;
}

const std::string ws =
    "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

std::string without(std::string text, std::string_view part, std::string_view instead = "") {
  text.replace(text.find(part), part.size(), instead);
  return text;
}

}  // namespace

TEST_CASE("a request is the same wherever the network cuts it") {
  const std::string bytes =
      "\r\nPOST /api/a%20b?x=1&y=%2F+z HTTP/1.1\r\nHost: localhost:8080\r\nAccept: text/html\r\naccept: */*\r\n"
      "Content-Length: 4\r\n\r\nbodyGET /";
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    const auto p = feed(bytes, {cut});
    REQUIRE(p.state == step::done);
    CHECK(p.r.verb == verb::post);
    CHECK(p.r.path == "/api/a b");
    REQUIRE(p.r.query.size() == 2);
    CHECK(p.r.query[1].second == "/ z");
    CHECK(p.r.header("host") == "localhost:8080");
    CHECK(p.r.joined_header("Accept") == "text/html, */*");
    CHECK(p.rest == "bodyGET /");
  }
  std::vector<std::size_t> every;
  for (std::size_t i = 1; i < bytes.size(); ++i) every.push_back(i);
  CHECK(feed(bytes, every).state == step::done);
}

TEST_CASE("heads that a front server could read differently are refused") {
  CHECK(refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n") == 400);
  CHECK(refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n") == 400);
  CHECK(refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\n\r\n") == 400);
  CHECK(refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\n") == 400);
  CHECK(refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n") == 400);
  CHECK(refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n") == 400);
  CHECK(refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  CHECK(refused("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n") == 400);
  CHECK(refused("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n") == 400);
  CHECK(refused("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n") == 400);
  CHECK(refused("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n") == 400);
  CHECK(refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
  CHECK(refused("GET / HTTP/1.1\r\nHost : a\r\n\r\n") == 400);
  CHECK(refused("GET / HTTP/1.1\nHost: a\n\n") == 400);
  CHECK(refused("GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n") == 400);
}

TEST_CASE("a head without or with two Host fields is refused, but not in HTTP/1.0") {
  CHECK(refused("GET / HTTP/1.1\r\n\r\n") == 400);
  CHECK(refused("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n") == 400);
  CHECK(whole("GET / HTTP/1.0\r\n\r\n").state == step::done);
}

TEST_CASE("too long a target is 414, too long a head 431, however they come") {
  const std::string target = "GET /" + std::string(2000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string one = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(2000, 'a') + "\r\n\r\n";
  std::string many = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (int i = 0; i < 120; ++i) many += "X: abcdefghijklm\r\n";
  many += "\r\n";
  std::vector<std::size_t> every;
  for (std::size_t i = 1; i < 2400; ++i) every.push_back(i);
  CHECK(refused(target) == 414);
  CHECK(feed(target, every).why.status == 414);
  CHECK(refused(one) == 431);
  CHECK(feed(one, every).why.status == 431);
  CHECK(refused(many) == 431);
  CHECK(feed(many, every).why.status == 431);
  CHECK(whole(many, 4096).state == step::done);
}

TEST_CASE("what takes little on the wire and much in memory has a bound of its own") {
  const auto of = [](std::size_t fields, std::size_t parameters) {
    std::string head = "GET /?";
    for (std::size_t i = 0; i < parameters; ++i) head += "a&";
    head += " HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 1; i < fields; ++i) head += "b:\r\n";
    return whole(head + "\r\n", 65536);
  };
  CHECK(of(128, 100).state == step::done);
  CHECK(of(129, 0).why.status == 431);
  CHECK(of(1, 8000).why.status == 414);
}

TEST_CASE("a later version of HTTP/1 is read as 1.1, wherever the network cuts it") {
  const std::string bytes = "\r\nPOST /a?b=c HTTP/1.2\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) {
    CAPTURE(cut);
    const auto p = feed(bytes, {cut});
    REQUIRE(p.state == step::done);
    CHECK(p.r.path == "/a");
    REQUIRE(p.r.fields.size() == 2);
    CHECK(p.rest == "abc");
  }
  request r;
  request_parser parser(r, 1024);
  std::size_t used = 0;
  REQUIRE(parser.head("GET / HTTP/1.9\r\nHost: a\r\n\r\n", used) == step::done);
  CHECK(parser.http11());
  CHECK(parser.keep_alive());
  CHECK(refused("GET / HTTP/1.2\r\n\r\n") == 400);
}

TEST_CASE("what is no HTTP/1 is refused at its first bytes") {
  CHECK(refused("\x16\x03\x01\x02") == 400);
  CHECK(refused("hello\r\n\r\n") == 400);
  CHECK(refused("GET  / HTTP/1.1\r\n\r\n") == 400);
  CHECK(refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == 505);
  CHECK(refused("GET / HTTP/0.9\r\nHost: a\r\n\r\n") == 505);
  CHECK(refused("GET /a b HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(refused("GET / \r\n\r\n") == 400);
  CHECK(refused(std::string(2000, 'A') + " / HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(refused("\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n") == 400);
  CHECK(refused("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(refused("CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
}

TEST_CASE("random bytes never crash the parser and never grow its memory") {
  std::mt19937 random(11);
  const std::string seed = ws + "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (int round = 0; round < 3000; ++round) {
    std::string bytes = seed;
    for (int i = 0; i < 4; ++i) bytes[random() % bytes.size()] = static_cast<char>(random());
    const auto p = feed(bytes, {random() % bytes.size()});
    if (p.state == step::failed) CHECK(p.why.status >= 400);
  }
}

TEST_CASE("a WebSocket upgrade is taken when it is right in every part") {
  CHECK(whole(ws).r.websocket);
  CHECK(refused(without(ws, "dGhlIHNhbXBsZSBub25jZQ==", "short")) == 400);
  CHECK(refused(without(ws, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")) == 400);
  CHECK(refused(without(ws, "Version: 13", "Version: 8")) == 426);
  CHECK(refused(without(ws, "Sec-WebSocket-Version: 13\r\n")) == 426);
  CHECK(refused(without(ws, ", Upgrade")) == 400);
  CHECK(refused(without(ws, "GET", "POST")) == 400);
  CHECK(refused(without(ws, "HTTP/1.1", "HTTP/1.0")) == 400);
  CHECK(refused(without(ws, "Host: a", "Host: a\r\nContent-Length: 3")) == 400);
  // A proxy dropped what a connection keeps for itself.
  CHECK(refused(without(ws, "Upgrade: websocket\r\n")) == 426);
  const auto h2c = whole("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n");
  CHECK(h2c.state == step::done);
  CHECK(!h2c.r.websocket);
}

TEST_CASE("an expectation other than 100-continue is refused") {
  CHECK(refused("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: gold\r\n\r\n") == 417);
}

TEST_CASE("a chunked body comes out whole through any window and any cut") {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string body = "5\r\nhello\r\n1;a=b\r\n \r\n00006\r\nworld!\r\n0\r\nX-Trailer: v\r\n\r\n";
  for (std::size_t window : {1, 3, 100}) {
    for (std::size_t piece = 1; piece <= body.size(); ++piece) {
      request r;
      request_parser parser(r, 1024);
      std::size_t used = 0;
      REQUIRE(parser.head(head, used) == step::done);
      CHECK(!parser.content_length());
      std::string pending;
      std::string out;
      std::string all = body + "NEXT";
      auto state = step::more;
      while (state == step::more) {
        char buffer[100];
        const auto s = parser.body(pending, used, buffer, window);
        pending.erase(0, used);
        out.append(buffer, s.size);
        state = s.state;
        if (state == step::more && s.size == 0) {
          REQUIRE(!all.empty());
          pending += all.substr(0, piece);
          all.erase(0, std::min(piece, all.size()));
        }
      }
      CHECK(state == step::done);
      CHECK(out == "hello world!");
      CHECK(pending + all == "NEXT");
      CHECK(!r.has_header("X-Trailer"));
    }
  }
}

TEST_CASE("broken chunking fails, and a chunk line without end is not kept") {
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  const std::string endless = "5;" + std::string(5000, 'x');
  const std::string trailers = "0\r\n" + std::string(5000, 'x');
  for (const std::string& body : {std::string("zz\r\n"), std::string("5\r\nhelloX\r\n0\r\n\r\n"),
                                  std::string("fffffffffffffffff\r\n"), std::string("-1\r\n"), endless, trailers}) {
    request r;
    request_parser parser(r, 1024);
    std::size_t used = 0;
    REQUIRE(parser.head(head, used) == step::done);
    std::string pending = body;
    char buffer[100];
    auto s = parser.body(pending, used, buffer, sizeof buffer);
    for (int i = 0; i < 5 && s.state == step::more; ++i) {
      pending.erase(0, used);
      s = parser.body(pending, used, buffer, sizeof buffer);
    }
    CHECK_MESSAGE(s.state == step::failed, body.substr(0, 20));
  }
}

TEST_CASE("a field that goes on in a second line is refused, wherever the network cuts it") {
  const std::string post = "POST /echo HTTP/1.1\r\nHost: a\r\n";
  for (const std::string& bytes : std::vector<std::string>{
           post + "X: one\r\n two\r\n\r\n",
           post + "X: one\r\n\ttwo\r\n\r\n",
           post + "X:\r\n one\r\n\r\n",
           post + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
           post + "Transfer-Encoding: chunked\r\n \r\n\r\n0\r\n\r\n",
           post + "Content-Length: 1\r\n 0\r\n\r\n0123456789",
           std::string("POST /echo HTTP/1.1\r\n Host: a\r\n\r\n"),
           std::string("POST /echo HTTP/1.1\r\nHost:\r\n a\r\n\r\n"),
       }) {
    CAPTURE(bytes);
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
      const auto p = feed(bytes, {cut});
      REQUIRE(p.state == step::failed);
      REQUIRE(p.why.status == 400);
    }
  }
  // Blanks that fold nothing.
  CHECK(whole(post + "X:  one two \r\nContent-Length: 2\r\n\r\n a").state == step::done);
}

TEST_CASE("OPTIONS may ask about the server as a whole, and nothing else may") {
  const auto p = whole("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
  REQUIRE(p.state == step::done);
  CHECK(p.r.path == "*");
  CHECK(refused("GET * HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
  CHECK(refused("OPTIONS *x HTTP/1.1\r\nHost: a\r\n\r\n") == 400);
}
