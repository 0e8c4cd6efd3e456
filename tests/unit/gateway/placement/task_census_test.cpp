#include "gateway/tasks/placement/task_census.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace std::chrono_literals;
using gateway::task_census;

namespace {
const base::steady_time t0{1h};
}

static std::size_t waiting(const task_census& c, std::string_view kind, std::int32_t partition) {
  return c.waiting(kind, {&partition, 1});
}

TEST_CASE("a task is counted where it is, from its promise to its end") {
  task_census c(4);
  c.promised("t", "simulate", 2, t0);
  CHECK(waiting(c, "simulate", 2) == 1);
  CHECK(waiting(c, "simulate", 1) == 0);
  CHECK(waiting(c, "other", 2) == 0);
  CHECK(c.open(2) == 1);
  c.accepted("t", "simulate", 2, t0);
  CHECK(waiting(c, "simulate", 2) == 1);
  c.started("t", "p/1");
  CHECK(waiting(c, "simulate", 2) == 0);
  CHECK(c.running("p/1") == 1);
  CHECK(c.running("p/1", "simulate") == 1);
  CHECK(c.running("p/1", "other") == 0);
  CHECK(c.open(2) == 1);
  c.started("t", "p/2");  // takes it over
  CHECK(c.running("p/1") == 0);
  CHECK(c.running("p/2") == 1);
  CHECK(c.released("t", t0) == "p/2");
  CHECK(c.running("p/2") == 0);
  CHECK(waiting(c, "simulate", 2) == 1);
  CHECK(c.released("t", t0).empty());
  CHECK(waiting(c, "simulate", 2) == 1);
  c.started("t", "p/2");
  CHECK(c.over("t") == "p/2");
  CHECK(c.over("t").empty());
  CHECK(c.open(2) == 0);
  CHECK(c.size() == 0);
  CHECK(c.running("p/2") == 0);
}

TEST_CASE("a promise that is not kept is forgotten, one that is kept is not") {
  task_census c(1);
  c.promised("kept", "a", 0, t0);
  c.promised("broken", "a", 0, t0);
  c.promised("withdrawn", "a", 0, t0);
  c.accepted("kept", "a", 0, t0);
  c.withdrawn("withdrawn");
  c.withdrawn("kept");
  CHECK(waiting(c, "a", 0) == 2);
  c.forget_promises(t0 + task_census::promise_holds);
  CHECK(waiting(c, "a", 0) == 2);
  c.forget_promises(t0 + task_census::promise_holds + 1ms);
  CHECK(waiting(c, "a", 0) == 1);
  c.over("kept");
  CHECK(c.size() == 0);
}

TEST_CASE("no more promises are remembered than there is room for") {
  task_census c(1);
  for (std::size_t i = 0; i < task_census::max_promises + 50; ++i) c.promised(std::to_string(i), "a", 0, t0);
  CHECK(c.size() == task_census::max_promises);
}

TEST_CASE("what an idle processor does not have is counted no more, until it starts all the same") {
  task_census c(2);
  c.accepted("old", "a", 0, t0);
  c.accepted("new", "a", 0, t0 + 10s);
  c.accepted("elsewhere", "a", 1, t0);
  c.accepted("other", "b", 0, t0);
  c.discount_waiting_since_before("a", 0, t0 + 5s);
  c.discount_waiting_since_before("c", 0, t0 + 5s);
  CHECK(waiting(c, "a", 0) == 1);
  CHECK(waiting(c, "a", 1) == 1);
  CHECK(waiting(c, "b", 0) == 1);
  CHECK(c.open(0) == 3);
  c.started("old", "p");
  CHECK(c.running("p", "a") == 1);
  c.over("old");
  for (const auto* id : {"new", "elsewhere", "other"}) c.over(id);
  CHECK(c.size() == 0);
}

TEST_CASE("a task that is accepted again is counted once, and as waiting") {
  task_census c(1);
  c.accepted("t", "a", 0, t0);
  c.started("t", "p");
  c.accepted("t", "a", 0, t0);
  CHECK(c.running("p") == 0);
  CHECK(waiting(c, "a", 0) == 1);
  c.accepted("t", "a", 0, t0);
  CHECK(waiting(c, "a", 0) == 1);
  CHECK(c.open(0) == 1);
}
