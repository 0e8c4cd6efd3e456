#include "artifacts/name.hpp"

#include <doctest/doctest.h>

#include <string>

using streamdemo::artifacts::is_plain_name;

TEST_CASE("a plain name stays inside its directory") {
  CHECK(is_plain_name("a"));
  CHECK(is_plain_name("3f2b-clip-000.mp4"));
  CHECK(is_plain_name(std::string(128, 'x')));
  for (const char* bad : {"", ".", "..", ".hidden", "a/b", "../a", "a\\b", "a b", "a%2fb", "\xc3\xa4", "a\n"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_plain_name(bad));
  }
  CHECK_FALSE(is_plain_name(std::string(129, 'x')));
  CHECK_FALSE(is_plain_name(std::string_view("a\0b", 3)));
}
