#include "gateway/api/stream/stream_message.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace std::chrono_literals;
using action = stream_message::action;

namespace {

const std::string id = "0b7f7c1e-6a4b-4d3a-9b68-1a2b3c4d5e6f";

auto parse(const std::string& text) {
  return parse_stream_message(text, 1h);
}

}  // namespace

TEST_CASE("each action is read with what belongs to it") {
  const auto submit = parse(R"({"ref":7,"action":"submit","kind":"simulate","payload": {"results" : 3},)"
                            R"("idempotency_key":"k 1","deadline_ms":1500,"after":4})");
  REQUIRE(submit.has_value());
  CHECK(submit->what == action::submit);
  CHECK(submit->ref == "7");
  CHECK(submit->kind == "simulate");
  CHECK(submit->payload == R"({"results" : 3})");
  CHECK(submit->key == "k 1");
  CHECK(submit->deadline == 1500ms);
  CHECK(submit->after == 4);
  // As an `Idempotency-Key` header may have them.
  CHECK(parse(R"({"action":"submit","kind":"simulate","idempotency_key":"\"k\\ 1\""})")->key == R"("k\ 1")");
  const auto subscribe = parse(R"({"action":"subscribe","request_id":")" + id + R"(","after":12,"ref":"a \"b\""})");
  REQUIRE(subscribe.has_value());
  CHECK(subscribe->what == action::subscribe);
  CHECK(subscribe->request_id == id);
  CHECK(subscribe->after == 12);
  CHECK(subscribe->ref == R"("a \"b\"")");
  for (const auto* name : {"unsubscribe", "cancel"}) {
    const auto m = parse(std::string(R"({"action":")") + name + R"(","request_id":")" + id + R"("})");
    REQUIRE(m.has_value());
    CHECK(to_string(m->what) == name);
    CHECK(m->ref.empty());
  }
}

TEST_CASE("a submission needs its kind only") {
  const auto m = parse(R"({"action":"submit","kind":"simulate"})");
  REQUIRE(m.has_value());
  CHECK(m->payload == "{}");
  CHECK(m->key.empty());
  CHECK(!m->deadline);
  CHECK(m->after == 0);
}

TEST_CASE("what says no action gives no hope for the rest, and what says one is refused by its reference") {
  for (const auto* text : {"", "hello", "[]", "{", R"({"action":"dance","ref":1})", R"({"action":7})",
                           R"({"action":"cancel","ref":{}})", R"({"action":"cancel","ref":null})"}) {
    const auto m = parse(text);
    REQUIRE_MESSAGE(!m, text);
    CHECK_MESSAGE(m.error().to.empty(), text);
  }
  const auto long_ref = parse(R"({"action":"cancel","ref":")" + std::string(127, 'r') + R"("})");
  REQUIRE(!long_ref);
  CHECK(long_ref.error().to.empty());

  struct row {
    const char* members;
    problem what;
  };
  for (const auto& r : {row{R"("action":"subscribe")", problem::bad_request},
                        row{R"("action":"subscribe","request_id":"x")", problem::unknown_task},
                        row{R"("action":"subscribe","after":-1)", problem::bad_cursor},
                        row{R"("action":"subscribe","after":"1")", problem::bad_cursor},
                        row{R"("action":"submit")", problem::bad_request},
                        row{R"("action":"submit","kind":"simulate","payload":[])", problem::bad_json},
                        row{R"("action":"submit","kind":"simulate","idempotency_key":"")", problem::bad_option},
                        row{R"("action":"submit","kind":"simulate","idempotency_key":7)", problem::bad_option},
                        row{R"("action":"submit","kind":"simulate","deadline_ms":3600001)", problem::bad_option},
                        row{R"("action":"submit","kind":"simulate","input":{"results":3})", problem::bad_request},
                        row{R"("action":"cancel","after":3)", problem::bad_request}}) {
    const auto m = parse(std::string(R"({"ref":"mine",)") + r.members + "}");
    REQUIRE_MESSAGE(!m, r.members);
    CHECK_MESSAGE(m.error().why.what == r.what, r.members);
    CHECK(!m.error().to.empty());
    CHECK(m.error().ref == "\"mine\"");
  }
}

TEST_CASE("of a member that comes twice the first counts, and of several unknown ones the first is named") {
  const auto twice = parse(R"({"action":"submit","kind":"one","kind":"two","payload":{"a":1},"payload":7})");
  REQUIRE(twice.has_value());
  CHECK(twice->kind == "one");
  CHECK(twice->payload == R"({"a":1})");
  // Whether another action knows it or none does.
  for (const auto* members : {R"("after":1,"x":2)", R"("after":1,"kind":2)"}) {
    const auto m = parse(std::string(R"({"action":"cancel",)") + members + "}");
    REQUIRE(!m);
    CHECK_MESSAGE(m.error().why.detail.starts_with("cancel has no member \"after\""), m.error().why.detail);
  }
  const auto stranger = parse(R"({"x":2,"after":1,"action":"cancel"})");
  REQUIRE(!stranger);
  CHECK(stranger.error().why.detail.starts_with("cancel has no member \"x\""));
}

TEST_CASE("a member that an action does not have is named, with those that it has") {
  const auto m = parse(R"({"action":"submit","kind":"simulate","input":{"payload":1}})");
  REQUIRE(!m);
  CHECK(m.error().why.detail ==
        "submit has no member \"input\", but: ref, action, kind, payload, after, idempotency_key, deadline_ms");
}
