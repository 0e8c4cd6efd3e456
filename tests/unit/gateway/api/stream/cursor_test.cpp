#include "gateway/api/stream/cursor.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::gateway;

TEST_CASE("a cursor is a decimal number from 0") {
  CHECK(parse_cursor("0") == 0);
  CHECK(parse_cursor("17") == 17);
  CHECK(parse_cursor("999999999999999999") == 999999999999999999);
  for (const auto* bad : {"", "-1", "+1", "1.5", "1e3", " 1", "1 ", "abc", "0x10", "9999999999999999999", "-"}) {
    CHECK_MESSAGE(!parse_cursor(bad), bad);
  }
}

TEST_CASE("no cursor means from the beginning") {
  CHECK(*poll_cursor({}) == 0);
  CHECK(*stream_cursor({}) == 0);
}

TEST_CASE("Last-Event-ID wins over last_event_id, which wins over after") {
  http::request r;
  r.query = {{"after", "1"}};
  CHECK(*stream_cursor(r) == 1);
  r.query = {{"after", "1"}, {"last_event_id", "2"}};
  CHECK(*stream_cursor(r) == 2);
  r.query = {{"after", "1"}, {"lastEventId", "2"}};
  CHECK(*stream_cursor(r) == 2);
  r.fields = {{"last-event-id", "3"}};
  CHECK(*stream_cursor(r) == 3);
  CHECK(*poll_cursor(r) == 1);
}

TEST_CASE("an empty Last-Event-ID counts as none") {
  http::request r;
  r.fields = {{"Last-Event-ID", ""}};
  r.query = {{"last_event_id", ""}, {"after", "4"}};
  CHECK(*stream_cursor(r) == 4);
}

TEST_CASE("a bad cursor is an error that names where it stood") {
  http::request r;
  r.query = {{"after", "x"}};
  REQUIRE(!poll_cursor(r));
  CHECK(poll_cursor(r).error().message.starts_with("after "));
  r.fields = {{"Last-Event-ID", "-5"}};
  REQUIRE(!stream_cursor(r));
  CHECK(stream_cursor(r).error().message.starts_with("Last-Event-ID "));
}
