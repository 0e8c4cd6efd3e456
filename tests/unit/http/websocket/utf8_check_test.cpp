#include "http/websocket/utf8_check.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace streamdemo::http::websocket;

namespace {

// What RFC 3629 allows, from its definition: decoded by hand and compared with the shortest form.
bool valid_by_definition(const std::string& s) {
  std::size_t i = 0;
  while (i < s.size()) {
    const auto lead = static_cast<unsigned char>(s[i]);
    int more = lead < 0x80 ? 0 : (lead & 0xe0) == 0xc0 ? 1 : (lead & 0xf0) == 0xe0 ? 2 : (lead & 0xf8) == 0xf0 ? 3 : -1;
    if (more < 0) return false;
    std::uint32_t point = more == 0 ? lead : lead & (0x3fU >> more);
    for (int k = 0; k < more; ++k) {
      if (++i >= s.size()) return false;
      const auto c = static_cast<unsigned char>(s[i]);
      if ((c & 0xc0) != 0x80) return false;
      point = (point << 6) | (c & 0x3fU);
    }
    const std::uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (point < least[more] || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return false;
    ++i;
  }
  return true;
}

}  // namespace

TEST_CASE("every sequence of two bytes is judged as RFC 3629 defines") {
  int wrong = 0;
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string s{static_cast<char>(a), static_cast<char>(b)};
      if (is_utf8(s) != valid_by_definition(s)) ++wrong;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("every lead with the edges of its continuations is judged as RFC 3629 defines") {
  const int edges[] = {0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff};
  int wrong = 0;
  for (int a = 0x80; a < 256; ++a) {
    for (const int b : edges) {
      for (const int c : edges) {
        for (const int d : edges) {
          for (std::size_t n = 1; n <= 4; ++n) {
            const std::string s =
                std::string{static_cast<char>(a), static_cast<char>(b), static_cast<char>(c), static_cast<char>(d)}
                    .substr(0, n);
            if (is_utf8(s) != valid_by_definition(s)) ++wrong;
          }
        }
      }
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("text may be cut anywhere, and is whole only between code points") {
  const std::string s = "plain ascii, κόσμε, 水, \xf0\x9f\x8e\xac and plain again";
  for (std::size_t cut = 0; cut <= s.size(); ++cut) {
    utf8_check c;
    CHECK(c.feed(std::string_view{s}.substr(0, cut)));
    const bool between = cut == s.size() || (static_cast<unsigned char>(s[cut]) & 0xc0) != 0x80;
    CHECK(c.complete() == between);
    CHECK(c.feed(std::string_view{s}.substr(cut)));
    CHECK(c.complete());
  }
}

TEST_CASE("a bad byte is refused as soon as it comes") {
  utf8_check surrogate;
  CHECK(surrogate.feed("\xed"));
  CHECK_FALSE(surrogate.feed("\xa0"));
  utf8_check beyond;
  CHECK(beyond.feed("\xf4"));
  CHECK_FALSE(beyond.feed("\x90"));
}
