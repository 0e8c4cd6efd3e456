#include <doctest/doctest.h>

#include <streamdemo/tracing/messaging.hpp>

#include "support/kept_spans.hpp"

using namespace streamdemo;
using namespace streamdemo::test;
using namespace streamdemo::tracing;

namespace {

base::record record() {
  base::record r;
  r.topic = "request";
  r.partition = 3;
  r.key = "id";
  r.value = "{}";
  r.headers = {{"ce_id", "e"}, {"ce_type", "t"}};
  return r;
}

base::sys_time at(int seconds) {
  return base::sys_time(std::chrono::seconds(seconds));
}

}  // namespace

TEST_CASE("a record is sent below its parent, and carries the span of its way") {
  kept_spans t;
  std::string parent(sampled_parent);
  auto o = describe_send(begin_send(&t, parent, at(1)), &t, record());
  REQUIRE(o.span);
  CHECK(parent == format(o.span->context));
  end_send(&t, std::move(o.span), 7, {}, at(2));
  const auto& sent = t.only("send request");
  CHECK(sent.kind == span_kind::producer);
  CHECK(sent.parent == parse_traceparent(sampled_parent)->span);
  CHECK(sent.begin == at(1));
  CHECK(sent.end == at(2));
  CHECK(!sent.failed);
  CHECK(value_of(sent, "messaging.system") == "kafka");
  CHECK(value_of(sent, "messaging.operation.type") == "send");
  CHECK(value_of(sent, "messaging.destination.name") == "request");
  CHECK(value_of(sent, "messaging.destination.partition.id") == "3");
  CHECK(value_of(sent, "messaging.kafka.offset") == "7");
  CHECK(value_of(sent, "messaging.kafka.message.key") == "id");
  CHECK(value_of(sent, task_key) == "id");
}

TEST_CASE("a record without a parent begins a trace") {
  kept_spans t;
  std::string parent;
  const auto s = begin_send(&t, parent, at(1));
  REQUIRE(s);
  CHECK(parent == format(s->context));
}

TEST_CASE("a record of a trace that is not recorded stays as it is, and so does every record without a tracer") {
  kept_spans t;
  std::string parent(unsampled_parent);
  auto o = describe_send(begin_send(&t, parent, at(1)), &t, record());
  CHECK(!o.span);
  CHECK(parent == unsampled_parent);
  CHECK(o.record.value == record().value);
  std::string none;
  CHECK(!describe_send(begin_send(nullptr, none, at(1)), nullptr, record()).span);
  CHECK(none.empty());
  end_send(&t, nullptr, 1, {}, at(2));
  CHECK(t.all.empty());
}

TEST_CASE("what the bus refuses has failed, and Kafka's words are Kafka's alone") {
  kept_spans t("inprocess");
  std::string parent(sampled_parent);
  end_send(&t, describe_send(begin_send(&t, parent, at(1)), &t, record()).span, -1, "it is full", at(2));
  const auto& sent = t.only("send request");
  CHECK(sent.failed);
  CHECK(sent.why == "it is full");
  CHECK(value_of(sent, "messaging.kafka.offset").empty());
  CHECK(value_of(sent, "messaging.kafka.message.key").empty());
}
