#include "tracing/protobuf.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::tracing;
using namespace std::string_literals;

TEST_CASE("the bytes are those of the wire format's own examples") {
  protobuf_writer w;
  w.number(1, 150);
  CHECK(w.text() == "\x08\x96\x01"s);
  protobuf_writer text;
  text.bytes(2, "testing");
  CHECK(text.text() == "\x12\x07testing"s);
  protobuf_writer outer;
  outer.message(3, w);
  CHECK(outer.text() == "\x1a\x03\x08\x96\x01"s);
  protobuf_writer fixed;
  fixed.fixed64(7, 1);
  CHECK(fixed.text() == "\x39\x01\0\0\0\0\0\0\0"s);
}

TEST_CASE("defaults are left out, unless they say which of several it is") {
  protobuf_writer w;
  w.number(1, 0);
  w.fixed64(1, 0);
  w.bytes(1, "");
  CHECK(w.text().empty());
  w.number_of_several(1, 0);
  w.bytes_of_several(2, "");
  CHECK(w.text() == "\x08\0\x12\0"s);
}

TEST_CASE("what was written is read, unknown fields and all") {
  protobuf_writer w;
  w.number(1, ~std::uint64_t{0});
  w.fixed64(2, 5);
  w.bytes(3, "abc");
  protobuf_reader r(w.text());
  const auto a = r.next();
  REQUIRE(a);
  CHECK(a->number == 1);
  CHECK(a->value == ~std::uint64_t{0});
  const auto b = r.next();
  REQUIRE(b);
  CHECK(b->bytes.size() == 8);
  const auto c = r.next();
  REQUIRE(c);
  CHECK(c->bytes == "abc");
  CHECK(!r.next());
}

TEST_CASE("what cannot be read ends the reading") {
  for (const auto& bad : {"\x08"s, "\x08\xff"s,
                          "\x1a\x05"
                          "ab"s,
                          "\x0b"s, std::string(11, '\xff'), "\x1a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s}) {
    protobuf_reader r(bad);
    CHECK(!r.next());
  }
}
