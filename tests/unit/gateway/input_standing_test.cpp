#include "gateway/tasks/input_standing.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace std::chrono_literals;

namespace {

constexpr base::sys_time came{1000s};
constexpr base::milliseconds on_its_way = 75s;

task_view with(task::status s, base::sys_time ended_at = {}) {
  task_view v;
  v.status = s;
  v.ended_at = ended_at;
  return v;
}

}  // namespace

TEST_CASE("an upload is due as long as its task has not ended, however old it is") {
  for (const auto s : {task::status::queued, task::status::running}) {
    CHECK(standing_of(came, with(s), came + 24h, on_its_way) == input_standing::due);
  }
}

TEST_CASE("it is over when its task has ended, however that was") {
  for (const auto s : {task::status::succeeded, task::status::failed, task::status::canceled, task::status::expired}) {
    CHECK(standing_of(came, with(s, came + 1s), came + 2s, on_its_way) == input_standing::over);
  }
}

TEST_CASE("one that the log does not name is on its way into it for a while") {
  CHECK(standing_of(came, std::nullopt, came, on_its_way) == input_standing::due);
  CHECK(standing_of(came, std::nullopt, came + on_its_way, on_its_way) == input_standing::due);
  CHECK(standing_of(came, std::nullopt, came + on_its_way + 1ms, on_its_way) == input_standing::unknown);
}

TEST_CASE("one that came after the end of its id's task belongs to the next task of that id") {
  const auto before = with(task::status::succeeded, came - 1s);
  CHECK(standing_of(came, before, came + 1s, on_its_way) == input_standing::due);
  CHECK(standing_of(came, before, came + on_its_way + 1s, on_its_way) == input_standing::unknown);
}
