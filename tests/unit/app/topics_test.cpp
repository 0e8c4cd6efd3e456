#include "app/topics.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;

TEST_CASE("all topics have one number of partitions; requests are refused when full, nothing else is") {
  config::settings s;
  s.topics.partitions = 7;
  s.tasks.request_topics["ocr"] = "request.ocr";
  s.tasks.request_topics["scan"] = "request.ocr";
  const auto specs = app::topics_of(s);
  REQUIRE(specs.size() == 4);
  CHECK(specs[0].name == "request");
  CHECK(specs[1].name == "request.ocr");
  CHECK(specs[2].name == "response");
  CHECK(specs[3].name == "request.dead-letter");
  for (const auto& t : specs) {
    CHECK(t.partitions == 7);
    CHECK(t.full == (t.name == "request" || t.name == "request.ocr" ? bus::when_full::refuse : bus::when_full::wait));
    CHECK(t.max_bytes > 0);
  }
}
