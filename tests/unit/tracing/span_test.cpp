#include <doctest/doctest.h>

#include <streamdemo/tracing/span.hpp>

#include "support/kept_spans.hpp"

using namespace streamdemo::test;
using namespace streamdemo::tracing;

TEST_CASE("long texts are cut, and what is no UTF-8 is made ASCII") {
  span s;
  s.set("long", std::string(1000, 'x'));
  s.set("bad", "a\xff");
  s.set("cut", std::string(span::longest_text - 1, 'x') + "\xc3\xa4");
  s.set("good", "\xc3\xa4");
  s.fail(std::string(1000, 'y'));
  CHECK(value_of(s, "long").size() == span::longest_text);
  CHECK(value_of(s, "bad") == "a?");
  CHECK(value_of(s, "cut").ends_with("x?"));
  CHECK(value_of(s, "good") == "\xc3\xa4");
  CHECK(s.failed);
  CHECK(s.why.size() == span::longest_text);
}
