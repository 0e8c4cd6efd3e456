#include <doctest/doctest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <streamdemo/task/event.hpp>

using namespace streamdemo;
using namespace std::chrono_literals;

namespace {

task::event_ptr make(std::string_view content_type, std::string_view payload) {
  const auto t = base::sys_time{} + std::chrono::sys_days{std::chrono::year{2026} / 11 / 22}.time_since_epoch() + 10h;
  return task::make_event({.type = task::message_type::result,
                           .request_id = "r",
                           .seq = 4,
                           .attempt = 1,
                           .time = t + 123456us,
                           .log_time = t + 127999us,
                           .source = "processor-2/abc",
                           .resumed = {},
                           .content_type = content_type,
                           .payload = payload});
}

}  // namespace

TEST_CASE("an event is serialised once and every transport takes its part of it") {
  const auto e = make("application/json", R"({"clip":1})");
  const std::string json =
      R"({"type":"result","request_id":"r","seq":4,"attempt":1,"time":"2026-11-22T10:00:00.123456Z",)"
      R"("log_time":"2026-11-22T10:00:00.127Z","source":"processor-2","data":{"clip":1}})";
  CHECK(e->json() == json);
  CHECK(e->json_line() == json + "\n");
  CHECK(e->sse() == "id: 4\nevent: result\ndata: " + json + "\n\n");
}

TEST_CASE("raw line breaks in a JSON payload become spaces") {
  const auto e = make("application/json", "{\"a\":\r\n 1}");
  CHECK(e->json().ends_with("\"data\":{\"a\":   1}}"));
}

TEST_CASE("text stands as a string, and JSON that is none as text too") {
  CHECK(make("text/plain; charset=utf-8", "a\"b\nc")->json().ends_with(R"("data":"a\"b\nc"})"));
  CHECK(make("application/json", "{broken")->json().ends_with(R"("data":"{broken"})"));
  CHECK(make("application/json", "")->json().ends_with(R"("data":null})"));
}

TEST_CASE("a media type has no case, and blanks may stand before its parameters") {
  CHECK(make("Application/JSON ; charset=utf-8", "[1]")->json().ends_with(R"("data":[1]})"));
  CHECK(make("TEXT/plain", "a")->json().ends_with(R"("data":"a"})"));
}

TEST_CASE("other bytes stand in base64 beside their content type") {
  CHECK(make("image/png", "\x01\x02")->json().ends_with(R"("content_type":"image/png","data_base64":"AQI="})"));
  CHECK(
      make("application/json", "\xff")->json().ends_with(R"("content_type":"application/json","data_base64":"/w=="})"));
  CHECK(make("text/plain", "\xff")->json().ends_with(R"("data_base64":"/w=="})"));
}

TEST_CASE("whatever the payload, the event is one line of valid JSON") {
  for (const std::string payload : {"{}", "\n\n", "1 2", "\"\xe2\x80\xa8\"", "nul", "\0x", "{\"a\":\"\\n\"}"}) {
    for (const auto* type : {"application/json", "text/plain", "x/y"}) {
      const auto e = make(type, payload);
      CHECK_NOTHROW(boost::json::parse(e->json()));
      CHECK(e->json().find('\n') == std::string_view::npos);
    }
  }
}

TEST_CASE("an event comes back from its text, and from no other") {
  const auto e = make("application/json", "{\"data: \":1}");
  const auto again = task::event_of(std::string(e->sse()));
  REQUIRE(again);
  CHECK(again->seq() == 4);
  CHECK(again->type() == task::message_type::result);
  CHECK(again->sse() == e->sse());
  CHECK(again->json() == e->json());
  CHECK(again->json_line() == e->json_line());
  const std::string text(e->sse());
  CHECK_FALSE(task::event_of(""));
  CHECK_FALSE(task::event_of(text.substr(1)));
  CHECK_FALSE(task::event_of(text.substr(0, text.size() - 1)));
  CHECK_FALSE(task::event_of("id: 4x" + text.substr(5)));
  CHECK_FALSE(task::event_of("id: 0" + text.substr(5)));
  CHECK_FALSE(task::event_of("id: 4\nevent: alive\ndata: {}\n\n"));
  CHECK_FALSE(task::event_of("id: 4\nevent: result\n\n"));
}
