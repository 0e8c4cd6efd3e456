#include "tracing/protobuf.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::tracing;
using namespace std::string_literals;

TEST_CASE("the bytes are those of the wire format's own examples") {
  std::string number, text, outer, fixed;
  protobuf_writer(number).number(1, 150);
  CHECK(number == "\x08\x96\x01"s);
  protobuf_writer(text).bytes(2, "testing");
  CHECK(text == "\x12\x07testing"s);
  protobuf_writer(outer).bytes(3, number);
  CHECK(outer == "\x1a\x03\x08\x96\x01"s);
  protobuf_writer(fixed).fixed64(7, 1);
  CHECK(fixed == "\x39\x01\0\0\0\0\0\0\0"s);
}

TEST_CASE("defaults are left out, unless they say which of several it is") {
  std::string out;
  protobuf_writer w(out);
  w.number(1, 0);
  w.fixed64(1, 0);
  w.bytes(1, "");
  CHECK(out.empty());
  w.number_of_several(1, 0);
  w.bytes_of_several(2, "");
  CHECK(out == "\x08\0\x12\0"s);
}

TEST_CASE("sizes are known before anything is written") {
  for (const std::uint64_t n : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, ~std::uint64_t{0}}) {
    std::string out;
    protobuf_writer(out).number_of_several(3, n);
    CHECK(out.size() == protobuf_writer::size_of_number(n));
  }
  for (const std::size_t n : {0U, 127U, 128U, 20'000U}) {
    std::string out;
    protobuf_writer(out).bytes_of_several(1, std::string(n, 'x'));
    CHECK(out.size() == protobuf_writer::size_of_bytes(n));
  }
}

TEST_CASE("what was written is read, unknown fields and all") {
  std::string out;
  protobuf_writer w(out);
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
