#include "processor/dead_letter.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using processor::dead_letter_facts;

namespace {

base::record request() {
  base::record r;
  r.topic = "request";
  r.partition = 3;
  r.offset = 17;
  r.key = std::string("k\0\xff", 3);
  r.headers = {{"ce_type", "streamdemo.task.submitted"}, {"__dlq.errors.topic", "elsewhere"}};
  r.value = "\xfe value";
  return r;
}

const dead_letter_facts facts{"request.dead-letter", "processors", 4, "every run of it was lost"};

}  // namespace

TEST_CASE("a dead letter is the request as it came, with the headers that Kafka's own have") {
  const auto r = processor::dead_letter_of(request(), facts);
  CHECK(r.topic == "request.dead-letter");
  CHECK(r.partition == 3);
  CHECK(r.key == request().key);
  CHECK(r.value == request().value);
  CHECK(r.headers == base::headers{{"__dlq.errors.topic", "request"},
                                   {"__dlq.errors.partition", "3"},
                                   {"__dlq.errors.offset", "17"},
                                   {"__dlq.errors.group", "processors"},
                                   {"__dlq.errors.delivery.count", "4"},
                                   {"__dlq.errors.message", "every run of it was lost"},
                                   {"ce_type", "streamdemo.task.submitted"}});
}

TEST_CASE("one that would be too large says where the request stands") {
  const auto r = processor::dead_letter_without_content(request(), facts);
  CHECK(r.key.empty());
  CHECK(r.value.empty());
  CHECK(r.headers.size() == 6);
  CHECK(r.header_value("__dlq.errors.offset") == "17");
}
