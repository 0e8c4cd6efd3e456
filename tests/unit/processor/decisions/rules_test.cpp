#include "processor/decisions/rules.hpp"

#include <doctest/doctest.h>

#include "unit/processor/decisions/log_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::processor;
using namespace streamdemo::processor::testing;

namespace {

request_choice judged(log_fixture& f, const owned_request& r, sys_time log_time = at(0)) {
  return judge(f.p, r, f.task(), log_time, f.options);
}

own_run run_of(std::string id, own_run::phase now) {
  own_run r;
  r.id = std::move(id);
  r.now = now;
  r.read_back = true;
  return r;
}

}  // namespace

TEST_CASE("nothing is said of a request before the log was read up to the end that existed when it came") {
  log_fixture f;
  f.read(message_type::accepted, "gateway");
  auto& r = f.request();
  r.judge_at = -1;
  CHECK(judged(f, r) == request_choice::wait);
  r.judge_at = f.position + 1;
  CHECK(judged(f, r) == request_choice::wait);
  r.judge_at = f.position;
  CHECK(judged(f, r) == request_choice::start);
  r.deliveries.clear();
  CHECK(judged(f, r) == request_choice::wait);
}

TEST_CASE("without an accepted record a request is not accepted, and after the end it is complete") {
  log_fixture f;
  auto& r = f.request();
  CHECK(judged(f, r) == request_choice::not_accepted);
  f.read(message_type::accepted, "gateway");
  f.read(message_type::ended, "gateway");
  CHECK(judged(f, r) == request_choice::complete);
}

TEST_CASE("a task that is over its time expires, and one of an unknown kind is nobody's") {
  log_fixture f;
  f.read(message_type::accepted, "gateway");
  auto& r = f.request("strange");
  CHECK(judged(f, r) == request_choice::unknown_kind);
  CHECK(judged(f, r, at(1'000'000)) == request_choice::expire);
  r.verdict_sent = true;
  CHECK(judged(f, r) == request_choice::wait);
}

TEST_CASE("another's run is left alone until that instance is silent") {
  log_fixture f;
  f.read(message_type::accepted, "gateway");
  f.started_by("other", "run-1");
  auto& r = f.request();
  CHECK(judged(f, r) == request_choice::wait);
  f.alive(1 + liveness::beats_of_silence);
  CHECK(judged(f, r) == request_choice::replace);
  CHECK(is_last_allowed_run(*f.task(), f.options));
}

TEST_CASE("where no other process can reach the bus, another's run ended with its process") {
  log_fixture f;
  f.options.alone = true;
  f.read(message_type::accepted, "gateway");
  f.started_by("before", "run-1");
  CHECK(judged(f, f.request()) == request_choice::replace);
}

TEST_CASE("a run of this process that it no longer has is released once") {
  log_fixture f;
  f.read(message_type::accepted, "gateway");
  f.started_by("me", "run-1");
  auto& r = f.request();
  CHECK(judged(f, r) == request_choice::release);
  r.releasing = "run-1";
  CHECK(judged(f, r) == request_choice::wait);
  f.read(message_type::released, "me", "run-1", 2);
  CHECK(judged(f, r) == request_choice::start);
  CHECK_FALSE(is_last_allowed_run(*f.task(), f.options));
}

TEST_CASE("a run judges itself only once its started was read back") {
  log_fixture f;
  f.read(message_type::accepted, "gateway");
  auto mine = run_of("mine", own_run::phase::pending);
  mine.read_back = false;
  CHECK(judge(mine, f.task(), false) == run_choice::go_on);
  mine.read_back = true;
  CHECK(judge(mine, f.task(), false) == run_choice::over);
  f.started_by("me", "mine");
  CHECK(judge(mine, f.task(), false) == run_choice::begin);
  CHECK(judge(mine, f.task(), true) == run_choice::release);
}

TEST_CASE("a handler stops when its run is no longer current, and one that has returned is over by then") {
  log_fixture f;
  f.read(message_type::accepted, "gateway");
  f.started_by("me", "mine");
  const auto begun = run_of("mine", own_run::phase::begun);
  const auto stopping = run_of("mine", own_run::phase::stopping);
  const auto ended = run_of("mine", own_run::phase::ended);
  for (const auto& r : {begun, stopping, ended}) CHECK(judge(r, f.task(), false) == run_choice::go_on);
  f.read(message_type::ended, "me", "mine", 2);
  CHECK(judge(begun, f.task(), false) == run_choice::stop);
  CHECK(judge(stopping, f.task(), false) == run_choice::go_on);
  CHECK(judge(ended, f.task(), false) == run_choice::over);
  CHECK(judge(begun, nullptr, false) == run_choice::stop);
}
