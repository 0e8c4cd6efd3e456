#include "tracing/protobuf.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::tracing;
using namespace std::string_literals;

TEST_CASE("the bytes are those of the wire format's own examples") {
  std::string number(3, '?'), text(9, '?'), outer(5, '?'), fixed(9, '?');
  protobuf_writer(number.data()).number(1, 150);
  CHECK(number == "\x08\x96\x01"s);
  protobuf_writer(text.data()).bytes(2, "testing");
  CHECK(text == "\x12\x07testing"s);
  protobuf_writer(outer.data()).bytes(3, number);
  CHECK(outer == "\x1a\x03\x08\x96\x01"s);
  protobuf_writer(fixed.data()).fixed64(7, 1);
  CHECK(fixed == "\x39\x01\0\0\0\0\0\0\0"s);
}

TEST_CASE("a message is written as its size, its fields, and those that were encoded before") {
  std::string out(8, '?');
  protobuf_writer w(out.data());
  w.begin_bytes(1, 6);
  w.bytes(2, "");
  w.number(1, 0);
  w.encoded("\x08\x01");
  CHECK(out == "\x0a\x06\x12\0\x08\0\x08\x01"s);
}

TEST_CASE("sizes are known before anything is written") {
  for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, ~std::uint64_t{0}}) {
    std::string out(protobuf_writer::size_of_number(n), '?');
    protobuf_writer(out.data()).number(3, n);
    protobuf_reader r(out);
    const auto f = r.next();
    REQUIRE(f);
    CHECK(f->value == n);
    CHECK(!r.next());
  }
  for (const std::size_t n : {0U, 127U, 128U, 20'000U}) {
    std::string out(protobuf_writer::size_of_bytes(n), '?');
    protobuf_writer(out.data()).bytes(1, std::string(n, 'x'));
    protobuf_reader r(out);
    const auto f = r.next();
    REQUIRE(f);
    CHECK(f->bytes == std::string(n, 'x'));
    CHECK(!r.next());
  }
}

TEST_CASE("what was written is read, unknown fields and all") {
  using p = protobuf_writer;
  std::string out(p::size_of_number(~std::uint64_t{0}) + p::size_of_fixed64 + p::size_of_bytes(3), '?');
  p w(out.data());
  w.number(1, ~std::uint64_t{0});
  w.fixed64(2, 5);
  w.bytes(3, "abc");
  protobuf_reader r(out);
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
