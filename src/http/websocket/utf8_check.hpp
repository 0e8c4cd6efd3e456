// Checks UTF-8 (RFC 3629) that arrives in any pieces. Pure, three bytes of state.
#pragma once
#include <cstdint>
#include <string_view>

namespace streamdemo::http::websocket {

class utf8_check {
 public:
  // False as soon as the bytes so far cannot begin a valid text; do not use the object afterwards.
  bool feed(std::string_view bytes) noexcept;
  // The text does not end inside a code point.
  bool complete() const noexcept { return need_ == 0; }

 private:
  bool begin(std::uint8_t lead) noexcept;

  std::uint8_t need_ = 0;  // how many continuation bytes are missing
  std::uint8_t low_ =
      0x80;  // limits of the next byte, which exclude overlong forms, surrogates and values above U+10FFFF
  std::uint8_t high_ = 0xbf;
};

bool is_utf8(std::string_view bytes) noexcept;

}  // namespace streamdemo::http::websocket
