#include "processor/handlers/members.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::processor;

TEST_CASE("a payload is an object, and nothing is an empty one") {
  CHECK(parse_object("").has_value());
  CHECK(parse_object(" \n").has_value());
  CHECK(parse_object(R"({"a":1})").has_value());
  CHECK(parse_object("[1]").error().message == "the payload must be a JSON object");
  CHECK(parse_object("{").error().message.find("not valid JSON") != std::string::npos);
}

TEST_CASE("a member of the wrong type or range is named with what is expected") {
  const auto o = parse_object(R"({"whole":2.0,"n":5,"x":2.5,"t":"text","none":null})").value();
  CHECK(integer_member(o, "n", 1, 0, 9).value() == 5);
  CHECK(integer_member(o, "absent", 1, 0, 9).value() == 1);
  CHECK(integer_member(o, "whole", 1, 0, 9).value() == 2);
  CHECK(integer_member(o, "whole", 1, 3, 9).has_error());
  CHECK(integer_member(o, "none", 1, 0, 9).value() == 1);
  CHECK(integer_member(o, "n", 1, 0, 4).error().message == "n must be a whole number from 0 to 4, not 5");
  CHECK(integer_member(o, "x", 1, 0, 9).error().message == "x must be a whole number from 0 to 9, not 2.5");
  CHECK(integer_member(o, "t", 1, 0, 9).error().message == "t must be a whole number from 0 to 9, not \"text\"");
  CHECK(number_member(o, "x", 1, 0, 9).value() == 2.5);
  CHECK(number_member(o, "n", 1, 0, 9).value() == 5);
  CHECK_FALSE(number_member(o, "x", 1, 3, 9).has_value());
  CHECK(text_member(o, "t", "").value() == "text");
  CHECK(text_member(o, "n", "").error().message == "n must be a text, not 5");
}
