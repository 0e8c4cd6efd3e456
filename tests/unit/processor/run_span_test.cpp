#include "processor/run_span.hpp"

#include <doctest/doctest.h>

#include "support/kept_spans.hpp"

using namespace streamdemo;
using namespace streamdemo::processor;
using namespace streamdemo::test;

namespace {

base::sys_time at(int seconds) {
  return base::sys_time(std::chrono::seconds(seconds));
}

begin_run run_with(std::string_view parent) {
  auto request = std::make_shared<base::record>();
  request->topic = "request";
  request->key = "id";
  request->offset = 5;
  request->log_time = at(10);
  begin_run b;
  b.key = {1, "id", "run"};
  b.kind = "simulate";
  b.request = std::move(request);
  b.traceparent = parent;
  return b;
}

}  // namespace

TEST_CASE("the wait and the run are both below the request, and the run's records below the run") {
  kept_spans t;
  auto b = run_with(sampled_parent);
  auto s = begin_run_span(t, b, "group", at(13));
  REQUIRE(s);
  CHECK(b.traceparent == tracing::format(s->context));
  end_run_span(t, std::move(s), "succeeded", at(20));
  const auto& wait = t.only("queue wait");
  const auto& run = t.only("process request");
  const auto parent = tracing::parse_traceparent(sampled_parent)->span;
  CHECK(wait.parent == parent);
  CHECK(wait.begin == at(10));
  CHECK(wait.end == at(13));
  CHECK(run.parent == parent);
  CHECK(run.kind == tracing::span_kind::consumer);
  CHECK(run.begin == at(13));
  CHECK(run.end == at(20));
  CHECK(!run.failed);
  CHECK(value_of(run, "messaging.consumer.group.name") == "group");
  CHECK(value_of(run, "streamdemo.run") == "run");
  CHECK(value_of(run, "streamdemo.run.end") == "succeeded");
}

TEST_CASE("a later run did not wait since the request came, and one that failed says so") {
  kept_spans t;
  auto b = run_with(sampled_parent);
  b.was_begun_before = true;
  end_run_span(t, begin_run_span(t, b, "group", at(13)), "failed", at(20));
  REQUIRE(t.all.size() == 1);
  CHECK(t.all[0].failed);
  CHECK(value_of(t.all[0], "error.type") == "failed");
}

TEST_CASE("a clock that is behind the bus's makes no wait of less than nothing") {
  kept_spans t;
  auto b = run_with(sampled_parent);
  (void)begin_run_span(t, b, "group", at(9));
  CHECK(t.only("queue wait").begin == at(9));
}

TEST_CASE("a trace that is not recorded goes on as it came") {
  kept_spans t;
  auto b = run_with(unsampled_parent);
  CHECK(!begin_run_span(t, b, "group", at(13)));
  CHECK(b.traceparent == unsampled_parent);
  CHECK(t.all.empty());
}

TEST_CASE("results and ends have spans of their own") {
  CHECK(is_traced(task::message_type::result));
  CHECK(is_traced(task::message_type::ended));
  CHECK(!is_traced(task::message_type::progress));
  CHECK(!is_traced(task::message_type::log));
  CHECK(!is_traced(task::message_type::released));
}
