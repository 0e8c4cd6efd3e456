#include "gateway/api/submit/submit_request.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace std::chrono_literals;

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
  CHECK(*json_payload("simulate", " {\"results\" : 3}") == " {\"results\" : 3}");
  CHECK(*json_payload("simulate", "") == "{}");
  for (const auto* bad : {"[]", "{", "null", "{\"a\":1}x"}) CHECK_MESSAGE(!json_payload("simulate", bad), bad);
}

TEST_CASE("a client can name the sample and nothing else as a video") {
  CHECK(json_payload("process-video", R"({"source":"sample","clip_seconds":5})").has_value());
  for (const auto* bad : {"", "{}", R"({"source":"/etc/passwd"})", R"({"source":"upload","upload":"x"})",
                          R"({"source":"sample","upload":"x"})", R"({"source":"sample","source":"upload"})",
                          R"({"source":"sample","\u0075pload":"x"})", R"({"source":1})"}) {
    CHECK_MESSAGE(!json_payload("process-video", bad), bad);
  }
}

TEST_CASE("the key of a WebSocket message is no part of the payload") {
  const auto m = parse_submit_message("simulate", R"({"results":3,"idempotency_key":"k 1"})");
  REQUIRE(m.has_value());
  CHECK(m->payload == R"({"results":3})");
  CHECK(m->key == "k 1");
  const auto plain = parse_submit_message("simulate", R"({"results":3})");
  REQUIRE(plain.has_value());
  CHECK(plain->payload == R"({"results":3})");
  CHECK(plain->key.empty());
}

TEST_CASE("a WebSocket message that submits nothing is refused") {
  for (const auto* bad :
       {"", "hello", "[]", R"({"idempotency_key":""})", R"({"idempotency_key":5})", R"({"idempotency_key":"a\nb"})"}) {
    CHECK_MESSAGE(!parse_submit_message("simulate", bad), bad);
  }
}

TEST_CASE("the options of an upload stand in the query and reach the handler as JSON") {
  http::request r;
  r.query = {
      {"clip_seconds", "2.5"}, {"size", "640x360"}, {"preset", "fast\""}, {"copy", "true"}, {"deadline_ms", "9"}};
  const auto o = parse_upload_options(r);
  REQUIRE(o.has_value());
  CHECK(upload_payload("upload-1", *o) ==
        R"({"source":"upload","upload":"upload-1","clip_seconds":2.5,"size":"640x360","preset":"fast\"","copy":true})");
}

TEST_CASE("an upload cannot smuggle members in by its options") {
  http::request r;
  for (const auto& [name, value] :
       std::initializer_list<std::pair<std::string, std::string>>{{"clip_seconds", "1,\"upload\":\"x\""},
                                                                  {"clip_seconds", "\"1\""},
                                                                  {"clip_seconds", ""},
                                                                  {"source", "sample"},
                                                                  {"copy", "1"},
                                                                  {"size", "\xff"}}) {
    r.query = {{name, value}};
    CHECK_MESSAGE(!parse_upload_options(r), value);
  }
}
