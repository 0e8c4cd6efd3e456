#include "http/websocket/frame.hpp"

#include <doctest/doctest.h>

#include "http/websocket/utf8_check.hpp"

using namespace streamdemo::http::websocket;

namespace {
std::string head(opcode op, std::uint64_t size) {
  char out[max_head_bytes];
  return {out, write_head(out, op, size)};
}
using namespace std::string_literals;
}  // namespace

TEST_CASE("5.2: a head says the length in the fewest bytes and is not masked") {
  CHECK(head(opcode::text, 0) == "\x81\x00"s);
  CHECK(head(opcode::text, 125) == "\x81\x7d"s);
  CHECK(head(opcode::text, 126) == "\x81\x7e\x00\x7e"s);
  CHECK(head(opcode::text, 65535) == "\x81\x7e\xff\xff"s);
  CHECK(head(opcode::text, 65536) == "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"s);
  CHECK(head(opcode::ping, 0) == "\x89\x00"s);
}

TEST_CASE("5.5.1: a close frame carries its code and its reason, or nothing") {
  CHECK(close_frame(1000, "") == "\x88\x02\x03\xe8"s);
  CHECK(close_frame(1012, "restarting") == "\x88\x0c\x03\xf4restarting"s);
  CHECK(close_frame(close_code::none, "ignored") == "\x88\x00"s);
}

TEST_CASE("5.5: a reason that does not fit is cut between code points") {
  std::string reason(122, 'x');
  reason += "\xe6\xb0\xb4";
  const std::string frame = close_frame(1000, reason);
  CHECK(frame.size() == 2 + 2 + 122);
  CHECK(is_utf8(std::string_view{frame}.substr(4)));
  CHECK(close_frame(1000, std::string(123, 'y')).size() == 2 + 125);
}

TEST_CASE("7.4: only codes that may be sent are close codes") {
  for (const int good :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999}) {
    CAPTURE(good);
    CHECK(is_close_code(static_cast<std::uint16_t>(good)));
  }
  for (const int bad : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    CAPTURE(bad);
    CHECK_FALSE(is_close_code(static_cast<std::uint16_t>(bad)));
  }
}
