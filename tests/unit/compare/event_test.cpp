#include "compare/event.hpp"

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

TEST_CASE("SSE in any splits gives the same events; comments and bare ids give none") {
  const auto text =
      "retry: 1000\nid: 0\n\n: heartbeat\n\nid: 3\nevent: result\ndata: " + result + "\n\nid: 4\ndata: {}\n\n";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    sse_reader reader;
    auto all = reader.feed(std::string_view(text).substr(0, cut));
    for (auto& rest : reader.feed(std::string_view(text).substr(cut))) all.push_back(rest);
    CAPTURE(cut);
    CHECK(all == std::vector<std::string>{result, "{}"});
  }
}

TEST_CASE("lines in any splits give the same lines, and half a line is kept") {
  const std::string text = "{\"a\":1}\n{\"b\":2}\nrest";
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    line_reader reader;
    auto all = reader.feed(std::string_view(text).substr(0, cut));
    for (auto& rest : reader.feed(std::string_view(text).substr(cut))) all.push_back(rest);
    CHECK(all == std::vector<std::string>{"{\"a\":1}", "{\"b\":2}"});
  }
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
