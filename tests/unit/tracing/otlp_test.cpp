// Whether others understand the bytes is tested with OpenTelemetry's own classes: tests/traces.
#include "tracing/otlp.hpp"

#include <doctest/doctest.h>

#include "tracing/protobuf.hpp"

using namespace streamdemo::tracing;

namespace {

std::vector<std::string_view> fields(std::string_view message, std::uint32_t number) {
  std::vector<std::string_view> out;
  protobuf_reader r(message);
  while (const auto f = r.next()) {
    if (f->number == number) out.push_back(f->bytes);
  }
  return out;
}

}  // namespace

TEST_CASE("a request has one resource, one scope and all spans") {
  std::string spans;
  for (int i = 0; i < 3; ++i) {
    span s;
    if (i == 1) s.name = "second";
    if (i == 1) s.fail("too late");
    std::string encoded = "what was there before";
    encode_span(encoded, s);
    spans += encoded;
  }
  std::string request = "what was there before";
  encode_request(request, "RESOURCE", "1.0", spans);
  const auto resources = fields(request, 1);
  REQUIRE(resources.size() == 1);
  CHECK(fields(resources[0], 1).at(0) == "RESOURCE");
  const auto scopes = fields(resources[0], 2);
  REQUIRE(scopes.size() == 1);
  const auto found = fields(scopes[0], 2);
  REQUIRE(found.size() == 3);
  CHECK(fields(found[1], 5).at(0) == "second");
  CHECK(fields(found[1], 4).empty());
  CHECK(fields(fields(found[1], 15).at(0), 2).at(0) == "too late");
  CHECK(fields(found[2], 15).empty());
}

TEST_CASE("what the environment says of this process counts before what it knows itself") {
  options o;
  o.service_name = "name";
  o.resource = {{"service.version", "theirs"}};
  const auto resource = encode_resource(o, {.version = "ours", .instance = "here", .bus = "kafka"});
  std::vector<std::string_view> keys;
  for (const auto a : fields(resource, 1)) keys.push_back(fields(a, 1).at(0));
  CHECK(std::count(keys.begin(), keys.end(), "service.version") == 1);
  CHECK(std::count(keys.begin(), keys.end(), "service.instance.id") == 1);
  CHECK(keys.front() == "service.name");
}

TEST_CASE("a page for people is no answer to spans") {
  CHECK(is_answer("application/x-protobuf", "\x0a"));
  CHECK(is_answer("Application/JSON; charset=utf-8", "{}"));
  CHECK(is_answer("", ""));
  CHECK(is_answer("text/plain", ""));
  CHECK(!is_answer("text/html", "<html>"));
  CHECK(!is_answer("text/plain; a=application/json", "ok"));
  CHECK(!is_answer("", "ok"));
}

TEST_CASE("what a receiver did not take is read from its answer") {
  std::string answer(13, '\0');
  protobuf_writer w(answer.data());
  w.begin_bytes(1, 11);
  w.number(1, 5);
  w.bytes(2, "too old");
  CHECK(decode_answer(answer).rejected == 5);
  CHECK(decode_answer(answer).message == "too old");
  CHECK(decode_answer("").rejected == 0);
  CHECK(decode_answer("{}").rejected == 0);
}
