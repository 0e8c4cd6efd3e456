#include "gateway/api/submit/submit_request.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace std::chrono_literals;

namespace {

base::json_schema schema(std::string_view text) {
  return base::json_schema::parse(text).value();
}

const kind_info any{.name = "any"};
const kind_info strict{.name = "strict",
                       .input = schema(R"({"properties":{"results":{"type":"integer"}},"required":["results"]})")};
const upload_input upload{{"video/*"}, schema(R"({"properties":{
  "seconds":{"type":"number","minimum":1},"size":{"type":"string"},"copy":{"type":"boolean"}},"additionalProperties":false})")};

}  // namespace

TEST_CASE("deadline_ms is a whole number up to the longest deadline") {
  http::request r;
  CHECK(!*deadline_option(r, 1h));
  r.query = {{"deadline_ms", "1500"}};
  CHECK(**deadline_option(r, 1h) == 1500ms);
  for (const auto* bad : {"", "0", "-1", "1.5", "x", "3600001", "99999999999999999999"}) {
    r.query = {{"deadline_ms", bad}};
    CHECK_MESSAGE(!deadline_option(r, 1h), bad);
  }
}

TEST_CASE("an idempotency key is short printable ASCII") {
  http::request r;
  CHECK(idempotency_key(r)->empty());
  r.fields = {{"Idempotency-Key", "order 17"}};
  CHECK(*idempotency_key(r) == "order 17");
  for (const auto& bad : {std::string(), std::string(256, 'k'), std::string("\xc3\xa4")}) {
    r.fields = {{"Idempotency-Key", bad}};
    CHECK_MESSAGE(!idempotency_key(r), bad);
  }
}

TEST_CASE("a JSON payload is one object, passed on byte for byte") {
  CHECK(*json_payload(any, " {\"results\" : 3}") == " {\"results\" : 3}");
  CHECK(*json_payload(any, "") == "{}");
  for (const auto* bad : {"[]", "{", "null", "{\"a\":1}x"}) CHECK_MESSAGE(!json_payload(any, bad), bad);
}

TEST_CASE("a payload is what its kind's schema asks for, else the refusal points to the place") {
  CHECK(*json_payload(strict, R"( {"results" : 3.0} )") == R"( {"results" : 3.0} )");
  const auto wrong = json_payload(strict, R"({"results":"many"})");
  REQUIRE(!wrong);
  CHECK(wrong.error().what == problem::invalid_input);
  CHECK(wrong.error().detail == R"(/results must be a whole number, not "many")");
  CHECK(wrong.error().members == R"("pointer":"/results")");
  // What is no object at all is another mistake, and nothing at all stands for an empty object.
  CHECK(json_payload(strict, "[]").error().what == problem::bad_json);
  CHECK(json_payload(strict, "").error().members == R"("pointer":"")");
  for (const auto* bad : {R"({"results":1,"results":1})", R"({"results":1,"\u0072esults":"many"})"}) {
    CHECK_MESSAGE(json_payload(strict, bad).error().what == problem::invalid_input, bad);
  }
  CHECK(parse_submit_message(strict, R"({"results":1,"idempotency_key":"k"})").has_value());
  CHECK(parse_submit_message(strict, R"({"idempotency_key":"k"})").error().what == problem::invalid_input);
}

TEST_CASE("the key of a WebSocket message is no part of the payload") {
  const auto m = parse_submit_message(any, R"({"results":3,"idempotency_key":"k 1"})");
  REQUIRE(m.has_value());
  CHECK(m->payload == R"({"results":3})");
  CHECK(m->key == "k 1");
  CHECK(parse_submit_message(any, R"({"idempotency_key":"\"k\\ \u0031\""})")->key == R"("k\ 1")");
  const auto plain = parse_submit_message(any, R"({"results":3})");
  REQUIRE(plain.has_value());
  CHECK(plain->payload == R"({"results":3})");
  CHECK(plain->key.empty());
}

TEST_CASE("a WebSocket message that submits nothing is refused") {
  for (const auto* bad :
       {"", "hello", "[]", R"({"idempotency_key":""})", R"({"idempotency_key":5})", R"({"idempotency_key":"a\nb"})"}) {
    CHECK_MESSAGE(!parse_submit_message(any, bad), bad);
  }
}

TEST_CASE("the options of an upload stand in the query and reach the handler as JSON") {
  http::request r;
  r.query = {{"seconds", "2.50"}, {"size", "big\""}, {"copy", "true"}, {"deadline_ms", "9"}};
  const auto o = parse_upload_options(upload, r);
  REQUIRE(o.has_value());
  CHECK(upload_payload("upload-1", *o) ==
        R"({"source":"upload","upload":"upload-1","seconds":2.50,"size":"big\"","copy":true})");
}

TEST_CASE("an upload's options are those of its kind, and can smuggle nothing else in") {
  for (const auto& query :
       std::initializer_list<std::vector<std::pair<std::string, std::string>>>{{{"seconds", "1,\"upload\":\"x\""}},
                                                                               {{"seconds", "\"1\""}},
                                                                               {{"seconds", "0.5"}},
                                                                               {{"seconds", ""}},
                                                                               {{"source", "sample"}},
                                                                               {{"copy", "1"}},
                                                                               {{"size", "\xff"}},
                                                                               {{"si\xffze", "1"}},
                                                                               {{"size", "a"}, {"size", "b"}}}) {
    http::request r;
    r.query = query;
    const auto o = parse_upload_options(upload, r);
    REQUIRE_MESSAGE(!o, query.front().second);
    CHECK(o.error().what == problem::bad_option);
  }
  http::request r;
  r.query = {{"seconds", "0.5"}};
  const auto wrong = parse_upload_options(upload, r).error();
  CHECK(wrong.detail == "the option seconds must be at least 1, not 0.5");
  CHECK(wrong.members == R"("pointer":"/seconds")");
}
