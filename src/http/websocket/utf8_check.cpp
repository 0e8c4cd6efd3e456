#include "http/websocket/utf8_check.hpp"

#include <cstring>

namespace streamdemo::http::websocket {

namespace {

// Skips ASCII, eight bytes at a time.
const char* skip_ascii(const char* at, const char* end) noexcept {
  while (end - at >= 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    if ((word & 0x8080808080808080U) != 0) break;
    at += 8;
  }
  while (at != end && static_cast<unsigned char>(*at) < 0x80) ++at;
  return at;
}

}  // namespace

bool utf8_check::begin(std::uint8_t lead) noexcept {
  low_ = 0x80;
  high_ = 0xbf;
  if (lead >= 0xc2 && lead <= 0xdf) {
    need_ = 1;
  } else if (lead >= 0xe0 && lead <= 0xef) {
    need_ = 2;
    if (lead == 0xe0) low_ = 0xa0;
    if (lead == 0xed) high_ = 0x9f;
  } else if (lead >= 0xf0 && lead <= 0xf4) {
    need_ = 3;
    if (lead == 0xf0) low_ = 0x90;
    if (lead == 0xf4) high_ = 0x8f;
  } else {
    return false;
  }
  return true;
}

bool utf8_check::feed(std::string_view bytes) noexcept {
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while (at != end) {
    if (need_ == 0) {
      at = skip_ascii(at, end);
      if (at == end) break;
      if (!begin(static_cast<std::uint8_t>(*at++))) return false;
      continue;
    }
    const auto next = static_cast<std::uint8_t>(*at++);
    if (next < low_ || next > high_) return false;
    low_ = 0x80;
    high_ = 0xbf;
    --need_;
  }
  return true;
}

bool is_utf8(std::string_view bytes) noexcept {
  utf8_check c;
  return c.feed(bytes) && c.complete();
}

}  // namespace streamdemo::http::websocket
