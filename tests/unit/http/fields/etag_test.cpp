#include <streamdemo/http/fields/etag.hpp>

#include <doctest/doctest.h>

using streamdemo::http::match_hits;
using streamdemo::http::none_match_hits;

TEST_CASE("If-None-Match hits the same tag, weak or strong, alone or in a list") {
  CHECK(none_match_hits("\"a-1\"", "\"a-1\""));
  CHECK(none_match_hits("W/\"a-1\"", "\"a-1\""));
  CHECK(none_match_hits("\"x\", \"a,b\" , \"a-1\"", "\"a-1\""));
  CHECK(none_match_hits(" * ", "\"a-1\""));
}

TEST_CASE("If-None-Match misses others and the empty header") {
  CHECK(!none_match_hits("", "\"a-1\""));
  CHECK(!none_match_hits("\"a-2\"", "\"a-1\""));
  CHECK(!none_match_hits("a-1", "\"a-1\""));
  CHECK(!none_match_hits("\"x, \"a-1\"", "\"a-2\""));
}

TEST_CASE("If-Match hits the same strong tag and the star, and no weak one") {
  CHECK(match_hits("\"x\", \"a-1\"", "\"a-1\""));
  CHECK(match_hits("*", "\"a-1\""));
  CHECK(!match_hits("W/\"a-1\"", "\"a-1\""));
  CHECK(!match_hits("", "\"a-1\""));
}
