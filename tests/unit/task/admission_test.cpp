#include <doctest/doctest.h>
#include <streamdemo/base/partition.hpp>
#include <streamdemo/task/admission.hpp>

using namespace streamdemo;

namespace {

base::record record_of(std::string id, task::message_type type, std::int32_t partition) {
  task::message m;
  m.type = type;
  m.request_id = std::move(id);
  m.source = "processor/x";
  m.run = type == task::message_type::alive ? "" : "r";
  m.runseq = type == task::message_type::alive ? 0 : 2;
  return task::encode(std::move(m), "response", partition);
}

}  // namespace

TEST_CASE("what counts of `response` is what can be read and stands in its task's partition") {
  const base::system_clock clock;
  const base::logger log("test", base::log_level::off);
  base::metrics metrics;
  auto& unreadable = metrics.counter("unreadable_total", "x");
  auto& misplaced = metrics.counter("misplaced_total", "x");
  task::admission door(4, clock, log, {unreadable, misplaced});
  const auto home = base::partition_for("a", 4);
  const auto elsewhere = (home + 1) % 4;

  const auto counts = [&door](const base::record& r) { return door.admit(r).has_value(); };

  const auto r = record_of("a", task::message_type::result, home);
  const auto m = door.admit(r);
  REQUIRE(m);
  CHECK(m->request_id == "a");
  CHECK_FALSE(counts(record_of("a", task::message_type::result, elsewhere)));
  CHECK_FALSE(counts(record_of("a", task::message_type::result, 4)));
  CHECK(misplaced.Value() == 2);
  // A sign of life is of no task, so it stands anywhere.
  CHECK(counts(record_of("", task::message_type::alive, elsewhere)));
  auto broken = record_of("a", task::message_type::result, home);
  broken.headers = {};
  CHECK_FALSE(door.admit(broken));
  CHECK(unreadable.Value() == 1);
  CHECK(misplaced.Value() == 2);
}
