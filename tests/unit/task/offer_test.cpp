#include <doctest/doctest.h>

#include <streamdemo/base/json.hpp>
#include <streamdemo/task/offer.hpp>

using namespace streamdemo;
using namespace streamdemo::task;

namespace {

std::string why_not(std::string_view payload) {
  const auto o = parse_offer(payload);
  return o ? "it is one" : o.error().message;
}

}  // namespace

TEST_CASE("an offer is read as it was written") {
  offer o;
  CHECK((parse_offer(offer_payload(o)).value() == o));
  o.draining = true;
  o.slots = {3, 1};
  o.kinds = {{"process-video", {2, 1, 3}}, {"simulate", {3, 0}}};
  o.partitions = {{"request", {0, 3, 11}}, {"request.\"odd\"", {}}};
  const auto text = offer_payload(o);
  CHECK(base::is_json(text));
  CHECK((parse_offer(text).value() == o));
}

TEST_CASE("what a short program says is enough, and members that are not known are passed by") {
  const auto o = parse_offer(R"({"kinds":{"shout":{"free":1}},"partitions":{"request.shout":[2]},"room":"3b"})");
  REQUIRE(o.has_value());
  CHECK_FALSE(o->draining);
  CHECK((o->slots == slot_counts{1, 0}));
  CHECK(o->kinds.at("shout") == slot_counts{1, 0});
  CHECK(o->partitions.at("request.shout") == std::vector<std::int32_t>{2});
  CHECK(parse_offer(R"({"kinds":{"a":{"free":1,"running":2},"b":{"free":3}},"partitions":{}})")->slots ==
        slot_counts{4, 2});
}

TEST_CASE("how many tasks of a kind may run at once is said besides, or is what is free and runs") {
  CHECK(offer_payload({false, {1, 3}, {{"a", {1, 0, 3}}, {"b", {0, 3}}}, {}}) ==
        R"({"draining":false,"free":1,"running":3,"kinds":{"a":{"free":1,"running":0,"at_once":3},)"
        R"("b":{"free":0,"running":3}},"partitions":{}})");
  CHECK(slot_counts{1, 0, 3}.most() == 3);
  CHECK(slot_counts{1, 1}.most() == 2);
  CHECK(why_not(R"({"kinds":{"a":{"free":1,"at_once":-1}},"partitions":{}})") ==
        "the offer's \"at_once\" is no whole number up to a million");
}

TEST_CASE("an offer that cannot be read names the member") {
  CHECK(why_not("").starts_with("the offer is no JSON"));
  CHECK(why_not(R"({"draining":true,"kinds":{},"draining":false,"partitions":{}})") ==
        "the offer has two members of the same name in one object");
  CHECK(why_not("[]") == "the offer is no JSON object");
  CHECK(why_not("{}") == "the offer's \"kinds\" is no object");
  CHECK(why_not(R"({"kinds":{}})") == "the offer's \"partitions\" is no object");
  CHECK(why_not(R"({"kinds":{"A":{"free":1}},"partitions":{}})").find("no kind") != std::string::npos);
  CHECK(why_not(R"({"kinds":{"a":1},"partitions":{}})").find("\"kinds\"") != std::string::npos);
  for (const auto* free : {"-1", "1.5", "\"1\"", "null", "1000001", "1e30"}) {
    CAPTURE(free);
    CHECK(why_not(fmt::format(R"({{"kinds":{{"a":{{"free":{}}}}},"partitions":{{}}}})", free)) ==
          "the offer's \"free\" is no whole number up to a million");
  }
  CHECK(why_not(R"({"kinds":{},"partitions":{"request":[-1]}})").find("\"partitions\"") != std::string::npos);
  CHECK(why_not(R"({"kinds":{},"partitions":{"request":{}}})").find("\"partitions\"") != std::string::npos);
  CHECK(why_not(std::string(300 * 1024, ' ')) == "the offer is too long");
}

TEST_CASE("a sign of life alone is no offer") {
  message m;
  m.type = message_type::alive;
  CHECK_FALSE(tells_offer(m));
  m.payload = "{}";
  CHECK_FALSE(tells_offer(m));
  m.payload = offer_payload({});
  CHECK(tells_offer(m));
  m.type = message_type::result;
  CHECK_FALSE(tells_offer(m));
}
