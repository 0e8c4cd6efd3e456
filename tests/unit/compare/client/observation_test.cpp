#include "compare/client/observation.hpp"

#include <doctest/doctest.h>

#include "compare/measure/measurement.hpp"

using namespace streamdemo;
using namespace streamdemo::compare;

namespace {

base::sys_time at(int ms) {
  return base::sys_time(std::chrono::milliseconds(ms));
}

event result(std::int64_t seq, std::int64_t index, int made) {
  return {.type = "result", .seq = seq, .index = index, .attempt = 1, .made = at(made), .source = "p"};
}

event ended(std::int64_t seq) {
  return {.type = "ended", .seq = seq};
}

const task_shape two{.results = 2, .interval_ms = 100};

}  // namespace

TEST_CASE("complete is every result once, in order, and the end") {
  observation o;
  o.take({result(3, 0, 10)}, at(11));
  CHECK_FALSE(o.complete(two));
  o.take({result(3, 0, 10), result(5, 1, 20), ended(7)}, at(22));
  CHECK(o.complete(two));
  CHECK(o.cursor() == 7);
  CHECK(o.finished == at(22));
  CHECK(o.results().size() == 2);
}

TEST_CASE("a result that is missing or out of order is seen, and so is a failure") {
  observation missing;
  missing.take({result(3, 0, 10), ended(7)}, at(22));
  CHECK_FALSE(missing.complete(two));
  observation wrong;
  wrong.take({result(3, 1, 10), result(4, 0, 10), ended(7)}, at(22));
  CHECK_FALSE(wrong.complete(two));
  observation failed;
  failed.take({result(3, 0, 10), result(4, 1, 10), ended(7)}, at(22));
  failed.failure = "cut";
  CHECK_FALSE(failed.complete(two));
}

TEST_CASE("the sum of all clients: delays, first results, requests; without a common clock no delays") {
  std::vector<observation> seen(2);
  for (auto& o : seen) {
    o.submitted = at(0);
    o.requests = 3;
    o.empty_answers = 1;
    o.wire = {.connections = 1, .bytes_sent = 10, .bytes_received = 100, .segments_sent = 2, .segments_received = 2};
  }
  seen[0].take({result(3, 0, 10), result(4, 1, 20), ended(5)}, at(25));
  seen[1].take({result(3, 0, 10)}, at(14));
  const auto m = sum_up(transport{"poll", "poll", method::poll}, seen, two, true);
  CHECK(m.clients == 2);
  CHECK(m.complete == 1);
  CHECK(m.delivered == 3);
  CHECK(m.requests == 6);
  CHECK(m.empty_answers == 2);
  CHECK(m.wire.bytes_received == 200);
  CHECK(m.delays_ms == std::vector<double>{4, 5, 15});
  REQUIRE(m.first_ms);
  CHECK(m.first_ms->min == 14);
  CHECK(m.arrived_ms == std::vector<double>{25, 25});
  CHECK_FALSE(sum_up(transport{}, seen, two, false).delay_ms);
}
