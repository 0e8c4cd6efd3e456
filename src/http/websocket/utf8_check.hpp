// UTF-8 (RFC 3629) checked as it comes, in any splits. Pure, three bytes of state.
#pragma once
#include <cstdint>
#include <string_view>

namespace streamdemo::http::websocket {

class utf8_check {
 public:
  // False as soon as the bytes so far begin no valid text; then the object is of no further use.
  bool feed(std::string_view bytes) noexcept;
  // No code point is left half-read.
  bool complete() const noexcept { return need_ == 0; }

 private:
  bool begin(std::uint8_t lead) noexcept;

  std::uint8_t need_ = 0;  // continuation bytes still to come
  std::uint8_t low_ =
      0x80;  // limits of the next one: they keep out overlong forms, surrogates and what is past U+10FFFF
  std::uint8_t high_ = 0xbf;
};

bool is_utf8(std::string_view bytes) noexcept;

}  // namespace streamdemo::http::websocket
