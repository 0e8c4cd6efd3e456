#include "tracing/attribute.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::tracing;
using namespace std::string_literals;

TEST_CASE("attributes are written as OTLP has them") {
  encoded_fields text;
  append_attribute(text, span_attributes, "k", "v");
  CHECK(text.view() == "\x4a\x08\x0a\x01k\x12\x03\x0a\x01v"s);
  encoded_fields number;
  append_attribute(number, resource_attributes, "k", std::int64_t{5});
  CHECK(number.view() == "\x0a\x07\x0a\x01k\x12\x02\x18\x05"s);
}

TEST_CASE("and found again, long ones and negative numbers, too") {
  encoded_fields out;
  append_attribute(out, span_attributes, "first", "");
  append_attribute(out, span_attributes, "long", std::string(3000, 'x'));
  append_attribute(out, span_attributes, "number", std::int64_t{-7});
  CHECK(attribute_in(out.view(), "first").empty());
  CHECK(attribute_in(out.view(), "long") == std::string(3000, 'x'));
  CHECK(attribute_in(out.view(), "number") == "-7");
  CHECK(attribute_in(out.view(), "other").empty());
}
