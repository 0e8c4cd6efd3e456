#include "processor/decisions/partition_state.hpp"

#include <doctest/doctest.h>

#include "unit/processor/decisions/log_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::processor;
using namespace streamdemo::processor::testing;

TEST_CASE("reading begins the margin before the oldest request in hand, or before the partition came here") {
  const auto options = log_fixture::rules();
  partition_state p(0, options);
  p.assigned("request", at(500'000), 1);
  CHECK(p.follow(0) == at(500'000) - options.recovery_margin);
  p.read_anew(2);
  CHECK_FALSE(p.is_followed());
  p.requests["t"].since = at(1'000);
  CHECK(p.follow(0) == at(1'000) - options.recovery_margin);
}

TEST_CASE("a request that is older than what was read is missed, unless its own accepted was read") {
  log_fixture f;
  f.read(message_type::accepted, "gateway");
  task::message request;
  request.request_id = "t";
  auto& r = f.request();
  CHECK_FALSE(f.p.has_missed(r, request));
  r.since = at(-1);
  CHECK(f.p.has_missed(r, request));
  request.accepted_at = at(0);
  CHECK_FALSE(f.p.has_missed(r, request));
  request.accepted_at = at(-1);
  CHECK(f.p.has_missed(r, request));
}

TEST_CASE("an end is the answer for a request only while that asks under the same number") {
  log_fixture f;
  auto& r = f.request();
  f.p.ask(r, 10);
  CHECK(r.judge_at == -1);
  f.p.questions.ask(11);
  f.p.ask(r, 12);
  CHECK(f.p.end_known(11, 5));
  CHECK(r.judge_at == -1);
  CHECK_FALSE(f.p.end_known(11, 5));
  f.p.questions.ask(13);
  CHECK(f.p.end_known(13, 7));
  CHECK(r.judge_at == 7);
  CHECK_FALSE(f.p.questions.reached(6));
  CHECK(f.p.questions.reached(7) == "t");
}

TEST_CASE("a task of newer rules is remembered with their version, until it has expired and nobody asks for it") {
  log_fixture f;
  task::message m;
  m.type = message_type::accepted;
  m.request_id = "newer";
  m.source = "gateway";
  m.fold = task::fold_version + 1;
  m.expiry = at(100);
  f.p.read(0, at(0), m);
  CHECK(f.p.newer_rules("newer") == task::fold_version + 1);
  CHECK_FALSE(f.p.newer_rules("t"));
  f.p.note(at(100));
  f.p.forget();
  CHECK(f.p.newer_rules("newer"));
  f.p.note(at(101));
  f.p.forget();
  CHECK_FALSE(f.p.newer_rules("newer"));
}

TEST_CASE("signs of life are due where there is a run, once an interval, and one at a time") {
  log_fixture f;
  const base::steady_time now{};
  f.read(message_type::accepted, "gateway");
  auto& r = f.request();
  CHECK_FALSE(f.p.alive_is_due(now));
  r.run.emplace();
  CHECK(f.p.alive_is_due(now));
  f.p.alive_sent(now);
  CHECK_FALSE(f.p.alive_is_due(now + f.options.alive_interval));
  f.p.alive_published();
  CHECK_FALSE(f.p.alive_is_due(now));
  CHECK(f.p.alive_is_due(now + f.options.alive_interval));
  r.run.reset();
  CHECK_FALSE(f.p.alive_is_due(now + f.options.alive_interval));
  f.started_by("other", "run-1");
  CHECK(f.p.alive_is_due(now + f.options.alive_interval));
}

TEST_CASE("a partition is idle without topics and requests") {
  log_fixture f;
  CHECK_FALSE(f.p.is_idle());
  f.request();
  f.p.revoked("request", 2);
  CHECK_FALSE(f.p.is_idle());
  f.p.requests.clear();
  CHECK(f.p.is_idle());
}
