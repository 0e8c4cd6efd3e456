#include "http/response_head.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::http;

TEST_CASE("a head is status line, date, fields and framing") {
  std::string out;
  head_shape shape;
  shape.length = 5;
  append_head(out, 200, {{"A", "b"}}, "C: d\r\nE: f\r\n", "Date: now\r\n", shape);
  CHECK(out == "HTTP/1.1 200 OK\r\nDate: now\r\nA: b\r\nC: d\r\nE: f\r\nContent-Length: 5\r\n\r\n");
}

TEST_CASE("nothing in a field can begin another field") {
  std::string out;
  append_head(out, 204, {{"A", "b\r\nSet-Cookie: x\0y"}}, "", "", {true, true, framing::none, 0});
  CHECK(out == "HTTP/1.1 204 No Content\r\nA: b  Set-Cookie: x\r\nConnection: close\r\n\r\n");
}

TEST_CASE("HTTP/1.0 is told when its connection stays") {
  std::string out;
  append_head(out, 200, {}, "", "", {false, false, framing::length, 0});
  CHECK(out.find("Connection: keep-alive\r\n") != std::string::npos);
}

TEST_CASE("a date is written as RFC 9110 wants it") {
  CHECK(date_field(784111777) == "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
}

TEST_CASE("the accept value of a WebSocket is RFC 6455's example") {
  CHECK(websocket_accept("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}
