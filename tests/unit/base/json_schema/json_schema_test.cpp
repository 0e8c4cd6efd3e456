#include <streamdemo/base/json_schema.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace streamdemo::base;

namespace {

// The violation as "pointer: sentence"; empty: none.
std::string judged(std::string_view schema, std::string_view json) {
  const auto s = json_schema::parse(schema);
  REQUIRE_MESSAGE(s.has_value(), s.error().message);
  const auto v = s->check(json);
  return v ? v->pointer + ": " + v->sentence : std::string{};
}

std::string refused(std::string_view schema) {
  const auto s = json_schema::parse(schema);
  REQUIRE_MESSAGE(!s, schema);
  CHECK(s.error().code == errc::invalid_argument);
  return s.error().message;
}

}  // namespace

TEST_CASE("a violation says where and what, so that a client can mend it") {
  constexpr auto schema = R"({
    "type": "object",
    "properties": {
      "results": {"type": "integer", "minimum": 0, "maximum": 10},
      "mode": {"enum": ["fast", "slow", null]},
      "name": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-zü]+$"},
      "list": {"items": {"multipleOf": 0.01}, "uniqueItems": true},
      "a/b~c": {"const": {"x": 1}}
    },
    "required": ["results"],
    "additionalProperties": false
  })";
  CHECK(judged(schema, R"({"results": 3})").empty());
  CHECK(judged(schema, R"({"results": 3.0, "mode": null, "name": "grün", "list": [19.99, 1], "a/b~c": {"x": 1.0}})")
            .empty());
  CHECK(judged(schema, "[]") == ": must be an object, not an array");
  CHECK(judged(schema, "{}") == ": lacks the member \"results\"");
  CHECK(judged(schema, R"({"results": "many"})") == R"(/results: must be a whole number, not "many")");
  CHECK(judged(schema, R"({"results": 2.5})") == "/results: must be a whole number, not 2.5");
  CHECK(judged(schema, R"({"results": -1})") == "/results: must be at least 0, not -1");
  CHECK(judged(schema, R"({"results": 1e2})") == "/results: must be at most 10, not 100");
  CHECK(judged(schema, R"({"results": 1, "mode": "x"})") == R"(/mode: must be one of "fast", "slow", null, not "x")");
  CHECK(judged(schema, R"({"results": 1, "name": "ü"})") == "/name: must have at least 2 characters, not 1");
  CHECK(judged(schema, R"({"results": 1, "name": "grüne"})") == "/name: must have at most 4 characters, not 5");
  CHECK(judged(schema, R"({"results": 1, "name": "Rot"})") == "/name: must match the pattern ^[a-zü]+$");
  CHECK(judged(schema, R"({"results": 1, "list": [1, 0.005]})") == "/list/1: must be a multiple of 0.01, not 0.005");
  CHECK(judged(schema, R"({"results": 1, "list": [1, 2, 1.0]})") ==
        "/list: must not have an item twice: those at 0 and 2 are equal");
  CHECK(judged(schema, R"({"results": 1, "a/b~c": {}})") == R"(/a~1b~0c: must be {"x":1}, not an object)");
  CHECK(judged(schema, R"({"results": 1, "result": 2})") ==
        "/result: is not known here; known are a/b~c, list, mode, name, results");
}

TEST_CASE("of alternatives the one that fits furthest is explained") {
  constexpr auto schema = R"({"oneOf": [
    {"properties": {"source": {"const": "sample"}}, "required": ["source"]},
    {"properties": {"source": {"type": "object", "properties": {"url": {"type": "string"}}}}, "required": ["source"]}]})";
  CHECK(judged(schema, R"({"source": "sample"})").empty());
  CHECK(judged(schema, R"({"source": {"url": 5}})") == "/source/url: must be a string, not 5");
  CHECK(judged(R"({"anyOf": [{"type": "string"}, {"minimum": 3}]})", "2") ==
        ": must be a string, not 2; or must be at least 3, not 2");
  CHECK(judged(R"({"oneOf": [{"minimum": 1}, {"minimum": 2}]})", "2") ==
        ": must be only one of what /oneOf/0 and /oneOf/1 describe");
  CHECK(judged(R"({"properties": {"a": {"not": {"type": "null"}}}})", R"({"a": null})") ==
        "/a: must not be what /properties/a/not describes");
  CHECK(judged(R"({"properties": {"a": false}})", R"({"a": null})") == "/a: is not allowed here");
}

TEST_CASE("what a pattern means is said in the words of its description") {
  CHECK(judged(R"({"properties": {"id": {"pattern": "^[A-Z]-[0-9]+$", "description": "such as A-17"}}})",
               R"({"id": "17"})") == "/id: must be as described: such as A-17; not \"17\"");
  CHECK(judged(R"({"type": ["null", "integer", "boolean"]})", R"("x")") ==
        ": must be true or false or a whole number or null, not \"x\"");
}

TEST_CASE("a schema may describe trees by referring to itself") {
  constexpr auto schema = R"({"$ref": "#/$defs/tree", "$defs": {"tree": {
    "type": "object", "properties": {"next": {"$ref": "#/$defs/tree"}}, "additionalProperties": false}}})";
  CHECK(judged(schema, R"({"next": {"next": {}}})").empty());
  CHECK(judged(schema, R"({"next": {"next": 1}})") == "/next/next: must be an object, not 1");
}

TEST_CASE("numbers are compared as they are written") {
  CHECK(judged(R"({"maximum": 9007199254740993})", "9007199254740993").empty());
  CHECK(!judged(R"({"maximum": 9007199254740992})", "9007199254740993").empty());
  CHECK(judged(R"({"const": 18446744073709551615})", "18446744073709551615").empty());
  CHECK(!judged(R"({"const": 18446744073709551615})", "18446744073709551614").empty());
  CHECK(judged(R"({"type": "integer"})", "1e300").empty());
  for (const auto* good : {"0", "0.0", "-0.3", "1e10", "123456789.1", "1e300"}) {
    CHECK_MESSAGE(judged(R"({"multipleOf": 0.1})", good).empty(), good);
  }
  for (const auto* bad : {"0.05", "1e-300", "123456789.12"}) {
    CHECK_MESSAGE(!judged(R"({"multipleOf": 0.1})", bad).empty(), bad);
  }
  CHECK(judged(R"({"multipleOf": 300})", "3e300").empty());
  CHECK(!judged(R"({"multipleOf": 7})", "1e300").empty());
  CHECK(!judged(R"({"multipleOf": 18446744073709551615})", "18446744073709551614").empty());
}

TEST_CASE("what is no JSON for every reader alike is a violation, whatever the schema") {
  CHECK(judged("true", R"({"a": 1, "b": {"c": 1, "\u0063": 2}})") ==
        ": has two members of the same name in one object");
  for (const auto* bad : {"", "{", "1 2", "{\"a\":\"\xff\"}"}) CHECK_MESSAGE(!judged("true", bad).empty(), bad);
  CHECK(judged("true", std::string(64, '[') + std::string(64, ']')).empty());
  CHECK(!judged("true", std::string(65, '[') + std::string(65, ']')).empty());
}

TEST_CASE("what a schema says that is not checked here is refused where it is read") {
  CHECK(refused(R"({"properties": {"a": {"if": true}}})").starts_with("/properties/a/if is no keyword"));
  CHECK(refused(R"({"definitions": {}})").starts_with("/definitions is no keyword"));
  CHECK(refused("[]") == "the schema must be a schema: an object, true or false");
  CHECK(refused("{").starts_with("the schema is no JSON"));
  CHECK(refused(R"({"type": "int"})").starts_with("/type must name null, boolean"));
  CHECK(refused(R"({"type": []})") == "/type must not be empty");
  CHECK(refused(R"({"minLength": -1})") == "/minLength must be a whole number from 0");
  CHECK(refused(R"({"multipleOf": 0})") == "/multipleOf must be a number above 0");
  CHECK(refused(R"x({"pattern": "a(?=b)"})x").starts_with("/pattern is no regular expression that RE2 takes"));
  CHECK(refused(R"({"allOf": []})") == "/allOf must be an array of at least one schema");
  CHECK(refused(R"({"$ref": "other.json"})").starts_with("/$ref must lead to a place in the same schema"));
  CHECK(refused(R"({"$ref": "#/$defs/a"})") == "/$ref leads to #/$defs/a, where no schema is");
  CHECK(refused(R"({"$schema": "http://json-schema.org/draft-07/schema#"})").starts_with("/$schema must be "));
  CHECK(refused(R"({"properties": {"a": {"$id": "x"}}})") ==
        "/properties/a/$id may stand only at the top of the schema");
  CHECK(refused(R"({"type": "object", "type": "array"})") ==
        "the schema has two members of the same name in one object");
}

TEST_CASE("a schema that would never end, or not soon, is stopped") {
  CHECK(refused(R"({"$ref": "#"})") ==
        "the schema leads back to itself without a step into the text, and would never end");
  CHECK(refused(R"({"$defs": {"a": {"not": {"$ref": "#/$defs/b"}}, "b": {"allOf": [{"$ref": "#/$defs/a"}]}}})")
            .find("leads back to itself") != std::string::npos);
  std::string chain = "true";
  for (int i = 0; i < 31; ++i) chain = R"({"not":)" + chain + "}";
  CHECK(json_schema::parse(chain).has_value());
  CHECK(refused(R"({"not":)" + chain + "}").find("one of more than 32 schemas") != std::string::npos);
  // Each doubles the next one: 2^20 ways through it.
  std::string doubling = R"({"$ref": "#/$defs/20", "$defs": {"0": {"type": "string"})";
  for (int i = 1; i <= 20; ++i) {
    const auto ref = R"({"items": {"$ref": "#/$defs/)" + std::to_string(i - 1) + "\"}}";
    doubling += ",\"" + std::to_string(i) + R"(": {"anyOf": [)" + ref + "," + ref + "]}";
  }
  doubling += "}}";
  CHECK(judged(doubling, std::string(20, '[') + "1" + std::string(20, ']')).find("too many steps") !=
        std::string::npos);
}

TEST_CASE("a parameter of a URL becomes what its property asks for") {
  const auto s = json_schema::parse(
      R"({"properties": {"n": {"type": "number"}, "b": {"type": ["boolean", "null"]}, "s": {"type": "string"}}})");
  REQUIRE(s.has_value());
  CHECK(s->member_of_text("n", "2.50") == "2.50");
  CHECK(s->member_of_text("n", "-1") == "-1");
  CHECK(s->member_of_text("n", "true") == "\"true\"");
  CHECK(s->member_of_text("n", "1,\"x\":2") == R"("1,\"x\":2")");
  CHECK(s->member_of_text("n", "") == "\"\"");
  CHECK(s->member_of_text("b", "true") == "true");
  CHECK(s->member_of_text("b", "1") == "\"1\"");
  CHECK(s->member_of_text("s", "1") == "\"1\"");
  CHECK(s->member_of_text("unknown", "1") == "\"1\"");
}
