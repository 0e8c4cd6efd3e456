#include "processor/decisions/own_runs.hpp"

#include <doctest/doctest.h>

#include "support/kept_spans.hpp"
#include "unit/processor/decisions/log_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::processor;
using namespace streamdemo::processor::testing;
using test::sampled_parent;
using test::unsampled_parent;

namespace {

struct runs_fixture : log_fixture {
  runs_fixture() { read(message_type::accepted, "gateway"); }

  std::vector<action> out;
  start_line line;
  own_runs runs{options, out, line};
};

}  // namespace

TEST_CASE("where nobody has a run, one is started and begun at once") {
  runs_fixture f;
  auto& r = f.request();
  f.runs.start(f.p, r, *f.task());
  REQUIRE(f.out.size() == 2);
  CHECK(std::get<publish>(f.out[0]).message.run == "my-run-1");
  CHECK(std::get<begin_run>(f.out[1]).key.run == "my-run-1");
  CHECK(std::get<begin_run>(f.out[1]).is_first_run);
  CHECK(f.runs.count() == 1);
  CHECK(f.runs.all_slots().taken() == 1);
}

TEST_CASE("a replacement waits to be read back; given up before, it is released and gone") {
  runs_fixture f;
  f.started_by("other", "run-1");
  auto& r = f.request();
  f.runs.start(f.p, r, *f.task());
  REQUIRE(f.out.size() == 1);
  CHECK(std::get<publish>(f.out[0]).message.replaces == "run-1");
  CHECK(r.run->alone);
  CHECK(f.runs.give_up(f.p, r));
  CHECK_FALSE(r.run);
  CHECK(std::get<publish>(f.out[1]).message.type == message_type::released);
  CHECK(f.runs.count() == 0);
  CHECK(f.runs.all_slots().taken() == 0);
}

TEST_CASE("what is said of a task names its trace if that is recorded; its run knows it in any case") {
  for (const auto parent : {sampled_parent, unsampled_parent}) {
    runs_fixture f;
    auto& r = f.request();
    r.traceparent = std::string(parent);
    r.tracestate = "a=b";
    f.runs.start(f.p, r, *f.task());
    const auto& started = std::get<publish>(f.out.at(0)).message;
    CHECK(started.traceparent == (parent == sampled_parent ? parent : std::string_view()));
    CHECK(started.tracestate == (parent == sampled_parent ? "a=b" : ""));
    CHECK(std::get<begin_run>(f.out.at(1)).traceparent == parent);
  }
}

TEST_CASE("a handler that works is told to stop, once") {
  runs_fixture f;
  auto& r = f.request();
  f.runs.start(f.p, r, *f.task());
  CHECK(f.runs.give_up(f.p, r));
  CHECK(std::get<stop_run>(f.out.back()).why == stop_reason::released);
  CHECK_FALSE(f.runs.give_up(f.p, r));
  CHECK(f.out.size() == 3);
  f.runs.finish(r, run_end::stopped);
  CHECK_FALSE(r.run);
}

TEST_CASE("the slot is free once the handler has returned, but that of a last allowed run only with the run") {
  runs_fixture f;
  auto& r = f.request();
  f.runs.start(f.p, r, *f.task());
  f.runs.finish(r, run_end::ended);
  CHECK(f.runs.all_slots().taken() == 0);
  CHECK(f.runs.count() == 1);
  f.runs.drop(r);
  CHECK(f.runs.count() == 0);

  f.started_by("other", "run-1");
  CHECK(f.runs.has_room_for(*f.task()));
  f.runs.start(f.p, r, *f.task());
  CHECK_FALSE(f.runs.has_room_for(*f.task()));
  f.runs.finish(r, run_end::ended);
  CHECK(f.runs.all_slots().taken() == 1);
  f.runs.drop(r);
  CHECK(f.runs.all_slots().taken() == 0);
}

TEST_CASE("after a run for which the process had no means nothing begins for a while") {
  runs_fixture f;
  auto& r = f.request();
  f.runs.start(f.p, r, *f.task());
  f.runs.note_end(run_end::given_back);
  f.runs.finish(r, run_end::given_back);
  CHECK(r.given_back == "my-run-1");
  CHECK(f.runs.is_held_back());
  const base::steady_time now{};
  f.runs.tick(now);
  CHECK(f.runs.is_held_back());
  f.runs.tick(now + std::chrono::seconds(1));
  CHECK_FALSE(f.runs.is_held_back());
}
