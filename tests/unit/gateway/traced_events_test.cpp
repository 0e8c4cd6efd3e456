#include "gateway/history/traced_events.hpp"

#include <doctest/doctest.h>

#include "support/kept_spans.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace streamdemo::test;
using task::message_type;

namespace {

base::record record_of(std::int64_t offset = 7) {
  base::record r;
  r.topic = "response";
  r.partition = 2;
  r.offset = offset;
  r.key = "id";
  r.value = "{}";
  return r;
}

base::sys_time at(int seconds) {
  return base::sys_time(std::chrono::seconds(seconds));
}

const auto parent = *tracing::parse_traceparent(sampled_parent);

}  // namespace

TEST_CASE("only results and ends of recorded traces are wanted") {
  const auto wanted = tracing::parse_traceparent(sampled_parent);
  CHECK(traced_events::parent_of(message_type::result, sampled_parent) == wanted);
  CHECK(traced_events::parent_of(message_type::ended, sampled_parent) == wanted);
  CHECK(!traced_events::parent_of(message_type::progress, sampled_parent));
  for (const auto other : {unsampled_parent, std::string_view("nonsense"), std::string_view()}) {
    CHECK(!traced_events::parent_of(message_type::result, other));
  }
  // A later version may have more behind its flags.
  CHECK(!traced_events::parent_of(message_type::result, "01" + std::string(unsampled_parent.substr(2)) + "-1"));
}

TEST_CASE("an event has one span, from its reading to its first writing, however many clients read it") {
  kept_spans t;
  traced_events e(t, record_of());
  e.add(3, message_type::result, parent, record_of(), at(1));
  e.add(4, message_type::ended, parent, record_of(8), at(2));
  {
    const auto first = e.take(2, 3, at(5));
    CHECK(t.all.empty());
  }
  (void)e.take(2, 3, at(6));
  REQUIRE(t.all.size() == 1);
  const auto& s = t.only("deliver response");
  CHECK(s.kind == tracing::span_kind::consumer);
  CHECK(s.parent == tracing::parse_traceparent(sampled_parent)->span);
  CHECK(s.begin == at(1));
  CHECK(s.end == at(5));
  CHECK(value_of(s, "streamdemo.event.seq") == "3");
  CHECK(value_of(s, "streamdemo.event.type") == "result");
  CHECK(value_of(s, "streamdemo.request_id") == "id");
  CHECK(value_of(s, "messaging.kafka.offset") == "7");
  (void)e.take(0, 100, at(7));
  CHECK(t.all.size() == 2);
}

TEST_CASE("what nobody reads makes room for the newest, and a task with very many events is traced at its begin only") {
  kept_spans t;
  traced_events e(t, record_of());
  for (int seq = 1; seq <= 20; ++seq) e.add(seq, message_type::result, parent, record_of(), at(seq));
  (void)e.take(0, 20, at(30));
  REQUIRE(t.all.size() == traced_events::most_waiting);
  CHECK(t.all.front().begin == at(5));
  for (int seq = 21; seq <= 1000; ++seq) {
    e.add(seq, message_type::result, parent, record_of(), at(seq));
    (void)e.take(seq - 1, seq, at(seq));
  }
  CHECK(t.all.size() == traced_events::most_waiting + traced_events::most_traced - 20);
}
