// RFC 6455, section by section. Every input is read whole, cut at every place, and byte by byte: all must agree.
#include "http/websocket/frame_parser.hpp"

#include <doctest/doctest.h>

#include <numeric>

#include "unit/http/websocket/client_frames.hpp"

using namespace streamdemo::http::websocket;

namespace {

constexpr std::uint64_t limit = 100000;

outcomes reads(const std::string& bytes, std::uint64_t max = limit) {
  const outcomes whole = read_in_parts(bytes, {}, max);
  if (bytes.size() < 2000) {
    for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
      CAPTURE(cut);
      CHECK(read_in_parts(bytes, {cut}, max) == whole);
    }
  }
  std::vector<std::size_t> all(bytes.size());
  std::iota(all.begin(), all.end(), 0);
  CHECK(read_in_parts(bytes, all, max) == whole);
  return whole;
}

const outcomes broken{"failed:1002"};

}  // namespace

TEST_CASE("5.2: payloads of every kind of length are read") {
  for (const std::size_t size : {0, 1, 7, 8, 9, 124, 125, 126, 127, 128, 255, 65535, 65536, 65537}) {
    CAPTURE(size);
    std::string payload;
    for (std::size_t i = 0; i < size; ++i) payload += static_cast<char>('a' + i % 26);
    CHECK(reads(text(payload)) == outcomes{"text:" + payload});
  }
}

TEST_CASE("5.2: messages that come together are read one by one") {
  CHECK(reads(text("one") + text("") + text("three")) == outcomes{"text:one", "text:", "text:three"});
}

TEST_CASE("5.2: reserved bits fail the connection") {
  for (const std::uint8_t bits : {0x40, 0x20, 0x10, 0x70}) {
    CHECK(reads(bytes_of({.payload = "x", .reserved = bits})) == broken);
    CHECK(reads(bytes_of({.op = 9, .reserved = bits})) == broken);
    CHECK(reads(part(1, "a", false) + bytes_of({.op = 0, .payload = "b", .reserved = bits})) == broken);
  }
}

TEST_CASE("5.2: reserved opcodes fail the connection") {
  for (const std::uint8_t op : {3, 4, 5, 6, 7, 11, 12, 13, 14, 15}) {
    CAPTURE(op);
    CHECK(reads(bytes_of({.op = op})) == broken);
    CHECK(reads(text("before") + bytes_of({.op = op, .payload = "x"})) == outcomes{"text:before", "failed:1002"});
  }
}

TEST_CASE("5.2: a length that is not minimal fails the connection") {
  CHECK(reads(bytes_of({.payload = "short", .length_bytes = 2})) == broken);
  CHECK(reads(bytes_of({.payload = "short", .length_bytes = 8})) == broken);
  CHECK(reads(bytes_of({.payload = std::string(200, 'x'), .length_bytes = 8})) == broken);
}

TEST_CASE("5.2: a length with its highest bit set fails the connection") {
  CHECK(reads(std::string{"\x81\xff\x80\x00\x00\x00\x00\x00\x00\x01zzzz", 14}) == broken);
}

TEST_CASE("5.1, 5.3: a frame that is not masked fails the connection") {
  CHECK(reads(bytes_of({.payload = "hello", .masked = false})) == broken);
  CHECK(reads(bytes_of({.op = 9, .masked = false})) == broken);
}

TEST_CASE("5.3: any masking key is taken, also zero, and turns with the payload") {
  for (const std::uint32_t key : {0x00000000U, 0xffffffffU, 0x01020304U, 0x80000001U}) {
    CHECK(reads(bytes_of({.payload = "a payload of no round size", .key = key})) ==
          outcomes{"text:a payload of no round size"});
  }
}

TEST_CASE("5.4: fragments make one message, however many and however short") {
  CHECK(reads(part(1, "a", false) + part(0, "b", false) + part(0, "c", true)) == outcomes{"text:abc"});
  CHECK(reads(part(1, "", false) + part(0, "", false) + part(0, "", true)) == outcomes{"text:"});
  std::string many = part(1, "", false);
  for (int i = 0; i < 5000; ++i) many += part(0, "", false);
  CHECK(reads(many + part(0, "end", true)) == outcomes{"text:end"});
}

TEST_CASE("5.4: control frames may stand between fragments") {
  CHECK(reads(part(1, "a", false) + control(opcode::ping, "p1") + part(0, "b", false) + control(opcode::pong, "p2") +
              part(0, "c", true) + text("d")) == outcomes{"ping:p1", "pong:p2", "text:abc", "text:d"});
}

TEST_CASE("5.4: a continuation of nothing, and a message inside another, fail the connection") {
  CHECK(reads(part(0, "x", true)) == broken);
  CHECK(reads(part(0, "x", false)) == broken);
  CHECK(reads(text("whole") + part(0, "x", true)) == outcomes{"text:whole", "failed:1002"});
  CHECK(reads(part(1, "a", false) + text("b")) == broken);
  CHECK(reads(part(1, "a", false) + bytes_of({.op = 2, .payload = "b"})) == broken);
}

TEST_CASE("5.5: control frames are at most 125 bytes and never fragmented") {
  CHECK(reads(control(opcode::ping, std::string(125, 'p'))) == outcomes{"ping:" + std::string(125, 'p')});
  CHECK(reads(control(opcode::ping, std::string(126, 'p'))) == broken);
  CHECK(reads(control(opcode::close, std::string(126, 'p'))) == broken);
  CHECK(reads(part(9, "x", false)) == broken);
  CHECK(reads(part(8, "", false)) == broken);
  CHECK(reads(bytes_of({.op = 9, .payload = "x", .length_bytes = 2})) == broken);
}

TEST_CASE("5.5.1, 7.1: a close frame is the last step, whatever follows") {
  CHECK(reads(close_with(1000, "bye") + text("late")) == outcomes{"close:1000:bye"});
  CHECK(reads(control(opcode::close)) == outcomes{"close:1005:"});
  CHECK(reads(part(1, "half", false) + close_with(1001)) == outcomes{"close:1001:"});
}

TEST_CASE("5.5.1: half a code fails the connection, and a reason must be UTF-8") {
  CHECK(reads(control(opcode::close, "\x03")) == broken);
  CHECK(reads(close_with(1000, "\xff")) == outcomes{"failed:1007"});
  CHECK(reads(close_with(1000, "caf\xc3")) == outcomes{"failed:1007"});
  CHECK(reads(close_with(1000, "caf\xc3\xa9")) == outcomes{"close:1000:caf\xc3\xa9"});
}

TEST_CASE("7.4: a close code that may not be sent fails the connection") {
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
    CAPTURE(code);
    CHECK(reads(close_with(static_cast<std::uint16_t>(code))) == broken);
  }
  for (const int code : {1000, 1001, 1002, 1003, 1007, 1011, 3000, 3999, 4000, 4999}) {
    CHECK(reads(close_with(static_cast<std::uint16_t>(code))) == outcomes{"close:" + std::to_string(code) + ":"});
  }
}

TEST_CASE("5.5.2, 5.5.3: pings carry any bytes, pongs may come unasked") {
  const std::string bytes{"\x00\xff\xfe\x80 not text", 13};
  CHECK(reads(control(opcode::ping, bytes)) == outcomes{"ping:" + bytes});
  CHECK(reads(control(opcode::pong, bytes) + control(opcode::pong)) == outcomes{"pong:" + bytes, "pong:"});
}

TEST_CASE("5.6: binary messages are refused with 1003") {
  CHECK(reads(bytes_of({.op = 2, .payload = "x"})) == outcomes{"failed:1003"});
  CHECK(reads(part(2, "", false)) == outcomes{"failed:1003"});
}

TEST_CASE("8.1: text that is not UTF-8 fails the connection with 1007") {
  for (const char* bad : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "abc\x80", "\xe2\x82"}) {
    CHECK(reads(text(bad)) == outcomes{"failed:1007"});
    CHECK(reads(part(1, "ok", false) + part(0, bad, true)) == outcomes{"failed:1007"});
  }
}

TEST_CASE("8.1: a code point may be cut by a fragment, and must be whole at the end") {
  const std::string euro = "\xe2\x82\xac";
  CHECK(reads(part(1, euro.substr(0, 1), false) + part(0, euro.substr(1, 1), false) + part(0, euro.substr(2), true)) ==
        outcomes{"text:" + euro});
  CHECK(reads(part(1, euro.substr(0, 2), false) + part(0, "", true)) == outcomes{"failed:1007"});
  CHECK(reads(part(1, euro.substr(0, 1), false) + control(opcode::ping) + part(0, euro.substr(1), true)) ==
        outcomes{"ping:", "text:" + euro});
}

TEST_CASE("8.1: bad text is refused before its message ends") {
  frame_parser p{limit};
  outcomes out;
  feed(p, part(1, "fine", false), out);
  CHECK(out.empty());
  feed(p, part(0, "\xff", false), out);
  CHECK(out == outcomes{"failed:1007"});
}

TEST_CASE("10.4: a message over the limit is refused with 1009 as soon as a head says so") {
  CHECK(reads(text(std::string(10, 'x')), 10) == outcomes{"text:" + std::string(10, 'x')});
  CHECK(reads(text(std::string(11, 'x')), 10) == outcomes{"failed:1009"});
  CHECK(reads(part(1, "123456", false) + part(0, "7890", true), 10) == outcomes{"text:1234567890"});
  CHECK(reads(part(1, "123456", false) + part(0, "78901", true), 10) == outcomes{"failed:1009"});
  CHECK(reads(std::string{"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff", 10} + "zzzz", 10) == outcomes{"failed:1009"});
  frame_parser p{10};
  outcomes out;
  feed(p,
       std::string{"\x81\xfe\x7f\xff"
                   "zzzz",
                   8},
       out);
  CHECK(out == outcomes{"failed:1009"});
}

TEST_CASE("nothing is kept while nothing is half-read") {
  frame_parser p{limit};
  outcomes out;
  CHECK(p.idle());
  feed(p, text("whole") + control(opcode::ping), out);
  CHECK(p.idle());
  feed(p, part(1, "half", false), out);
  CHECK_FALSE(p.idle());
  feed(p, part(0, "", true), out);
  CHECK(p.idle());
  feed(p, text("cut").substr(0, 3), out);
  CHECK_FALSE(p.idle());
  feed(p, text("cut").substr(3), out);
  CHECK(p.idle());
  CHECK(out == outcomes{"text:whole", "ping:", "text:half", "text:cut"});
}

TEST_CASE("after a failure everything is swallowed") {
  frame_parser p{limit};
  outcomes out;
  feed(p, part(0, "x", true), out);
  feed(p, text("more"), out);
  feed(p, close_with(1000), out);
  CHECK(out == broken);
  CHECK(p.idle());
}
