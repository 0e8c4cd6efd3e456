#include "tracing/attribute.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::tracing;
using namespace std::string_literals;

TEST_CASE("attributes are written as OTLP has them") {
  std::string out;
  append_attribute(out, span_attributes, "k", "v");
  CHECK(out == "\x4a\x08\x0a\x01k\x12\x03\x0a\x01v"s);
  out.clear();
  append_attribute(out, resource_attributes, "k", std::int64_t{5});
  CHECK(out == "\x0a\x07\x0a\x01k\x12\x02\x18\x05"s);
}

TEST_CASE("and found again, long ones and negative numbers, too") {
  std::string out;
  append_attribute(out, span_attributes, "first", "");
  append_attribute(out, span_attributes, "long", std::string(300, 'x'));
  append_attribute(out, span_attributes, "number", std::int64_t{-7});
  CHECK(attribute_in(out, "first").empty());
  CHECK(attribute_in(out, "long") == std::string(300, 'x'));
  CHECK(attribute_in(out, "number") == "-7");
  CHECK(attribute_in(out, "other").empty());
}
