#include "compare/client/event.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::compare;

namespace {

const std::string result =
    R"({"type":"result","request_id":"x","seq":3,"attempt":2,"time":"2026-11-22T10:00:00.123456Z","source":"p/1","data":{"index":7}})";

}  // namespace

TEST_CASE("an event gives what the lab counts with") {
  const auto e = parse_event(result);
  REQUIRE(e);
  CHECK(e->type == "result");
  CHECK(e->seq == 3);
  CHECK(e->attempt == 2);
  CHECK(e->index == 7);
  CHECK(e->source == "p/1");
  CHECK(e->made.time_since_epoch().count() % 1'000'000 == 123456);
  CHECK_FALSE(parse_event("[1]"));
  CHECK_FALSE(parse_event("{\"seq\":1}"));
}

TEST_CASE("answers of both polls") {
  const auto page = parse_poll_answer(R"({"events":[)" + result + R"(],"next":3,"more":true})");
  REQUIRE(page);
  CHECK(page->events.size() == 1);
  CHECK(page->next == 3);
  CHECK(page->more);
  const auto all = parse_results_answer(R"({"results":[)" + result + R"(],"ended":{"type":"ended","seq":9}})");
  REQUIRE(all);
  REQUIRE(all->size() == 2);
  CHECK(all->back().type == "ended");
  CHECK_FALSE(parse_poll_answer("{}"));
  CHECK_FALSE(parse_results_answer(R"({"results":[1],"ended":{}})"));
  CHECK(string_member(R"({"request_id":"abc"})", "request_id") == "abc");
  CHECK(string_member("no", "request_id").empty());
}
