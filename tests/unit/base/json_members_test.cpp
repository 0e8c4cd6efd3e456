#include <streamdemo/base/json_members.hpp>

#include <doctest/doctest.h>

using namespace streamdemo::base;

TEST_CASE("only an object is an object") {
  CHECK(is_json_object(" {\"a\":1} "));
  for (const auto* text : {"", "[]", "1", "\"{}\"", "{", "{}{}", "{\"a\":}", "\xef\xbb\xbf{}", "{\"a\":\"\xff\"}"}) {
    CHECK_MESSAGE(!is_json_object(text), text);
  }
}

TEST_CASE("a member is found at the top only") {
  CHECK(member_value("{\"a\":{\"k\":1},\"b\":[\"k\",{\"k\":2}],\"k\" : \"v\\\"}\" }", "k") == "\"v\\\"}\"");
  CHECK(member_value("{\"k\":-1.5e3}", "k") == "-1.5e3");
  CHECK(member_value("{ \"k\" : [1,{\"x\":\"]\"}] , \"z\":0}", "k") == "[1,{\"x\":\"]\"}]");
  CHECK(!member_value("{\"a\":{\"k\":1}}", "k"));
  CHECK(member_value("{\"a\":\"\\\\\\\"\",\"b\":\"\\\\\",\"k\":1}", "k") == "1");
  CHECK(!member_value("{}", "k"));
  CHECK(!member_value(" { } ", "k"));
}

TEST_CASE("cutting a member leaves everything else as it was") {
  CHECK(without_member("{\"k\":1}", "k") == "{}");
  CHECK(without_member("{\"k\":1,\"a\":2}", "k") == "{\"a\":2}");
  CHECK(without_member("{\"a\":2,\"k\":\"x,y\"}", "k") == "{\"a\":2}");
  CHECK(without_member("{\"a\":2 , \"k\" : {\"b\":[]} , \"c\":3}", "k") == "{\"a\":2 , \"c\":3}");
  CHECK(without_member("{ \"a\" : 2 }", "k") == "{ \"a\" : 2 }");
}
