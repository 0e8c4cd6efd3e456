#include <doctest/doctest.h>

#include <streamdemo/tracing/messaging.hpp>

#include "support/kept_spans.hpp"

using namespace streamdemo;
using namespace streamdemo::test;
using namespace streamdemo::tracing;

namespace {

base::record record_with(std::string_view parent) {
  base::record r;
  r.topic = "request";
  r.partition = 3;
  r.key = "id";
  r.value = "{}";
  r.headers = {{"ce_id", "e"}, {"ce_type", "t"}};
  if (!parent.empty()) r.headers.add("traceparent", parent);
  return r;
}

base::sys_time at(int seconds) {
  return base::sys_time(std::chrono::seconds(seconds));
}

}  // namespace

TEST_CASE("a record is sent below its parent, and carries the span of its way") {
  kept_spans t;
  auto r = record_with(sampled_parent);
  auto s = begin_send(&t, r, at(1));
  REQUIRE(s);
  CHECK(r.header_value("traceparent") == format(s->context));
  CHECK(r.headers.size() == 3);
  end_send(&t, std::move(s), 7, {}, at(2));
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
  auto r = record_with({});
  auto s = begin_send(&t, r, at(1));
  REQUIRE(s);
  CHECK(r.header_value("traceparent") == format(s->context));
}

TEST_CASE("a record of a trace that is not recorded stays as it is, and so does every record without a tracer") {
  kept_spans t;
  auto r = record_with(unsampled_parent);
  CHECK(!begin_send(&t, r, at(1)));
  CHECK(r.headers == record_with(unsampled_parent).headers);
  auto untraced = record_with({});
  CHECK(!begin_send(nullptr, untraced, at(1)));
  CHECK(untraced.headers == record_with({}).headers);
  end_send(&t, nullptr, 1, {}, at(2));
  CHECK(t.all.empty());
}

TEST_CASE("what the bus refuses has failed, and Kafka's words are Kafka's alone") {
  kept_spans t("inprocess");
  auto r = record_with(sampled_parent);
  end_send(&t, begin_send(&t, r, at(1)), -1, "it is full", at(2));
  const auto& sent = t.only("send request");
  CHECK(sent.failed);
  CHECK(sent.why == "it is full");
  CHECK(value_of(sent, "messaging.kafka.offset").empty());
  CHECK(value_of(sent, "messaging.kafka.message.key").empty());
}

TEST_CASE("a parent that is not recorded can be forgotten, with its state") {
  auto r = record_with(unsampled_parent);
  r.headers.add("tracestate", "a=b");
  forget_unsampled(r);
  CHECK(r.headers == record_with({}).headers);
  auto recorded = record_with(sampled_parent);
  forget_unsampled(recorded);
  CHECK(recorded.headers == record_with(sampled_parent).headers);
  auto none = record_with({});
  forget_unsampled(none);
  CHECK(none.headers == record_with({}).headers);
}
