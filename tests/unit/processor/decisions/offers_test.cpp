#include "processor/decisions/offers.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::processor;
using namespace std::chrono_literals;

namespace {

task::offer of_four(std::uint32_t running, std::vector<std::int32_t> partitions) {
  task::offer o;
  o.slots = {4 - running, running};
  o.kinds["plain"] = o.slots;
  if (!partitions.empty()) o.partitions["request"] = std::move(partitions);
  return o;
}

}  // namespace

TEST_CASE("an offer is said at once, and then once an interval, whatever runs") {
  offers say(2000ms);
  base::steady_time now{1h};
  const auto first = say.due(of_four(0, {3, 5}), now);
  REQUIRE(first);
  CHECK(first->partition == 3);
  CHECK(task::parse_offer(first->message.payload).value() == of_four(0, {3, 5}));
  say.published();
  for (int i = 1; i < 8; ++i) CHECK_FALSE(say.due(of_four(static_cast<std::uint32_t>(i % 5), {3, 5}), now += 250ms));
  const auto again = say.due(of_four(2, {3, 5}), now += 250ms);
  REQUIRE(again);
  CHECK(task::parse_offer(again->message.payload).value() == of_four(2, {3, 5}));
}

TEST_CASE("what gateways cannot tell from the records of tasks is said at once") {
  offers say(2000ms);
  const base::steady_time now{1h};
  auto o = of_four(1, {3, 5});
  CHECK(say.due(o, now));
  // One record at a time.
  o.partitions["request"] = {5};
  CHECK_FALSE(say.due(o, now));
  say.published();
  const auto moved = say.due(o, now);
  REQUIRE(moved);
  CHECK(moved->partition == 5);
  say.published();
  CHECK_FALSE(say.due(o, now));
  o.slots.free = o.kinds["plain"].free = 0;  // the next task must be alone
  CHECK(say.due(o, now));
  say.published();
  o.kinds["new"] = {};
  CHECK(say.due(o, now));
}

TEST_CASE("a processor without partitions says so once, where it was heard before") {
  offers say(2000ms);
  base::steady_time now{1h};
  CHECK_FALSE(say.due(of_four(0, {}), now));
  CHECK_FALSE(say.farewell(of_four(0, {})));
  CHECK(say.due(of_four(0, {7}), now));
  say.published();
  const auto none = say.due(of_four(0, {}), now);
  REQUIRE(none);
  CHECK(none->partition == 7);
  say.published();
  CHECK_FALSE(say.due(of_four(0, {}), now += 1h));
}

TEST_CASE("the last offer says that the processor drains, even while another is under way") {
  offers say(2000ms);
  CHECK(say.due(of_four(0, {2}), base::steady_time{}));
  const auto last = say.farewell(of_four(1, {2}));
  REQUIRE(last);
  CHECK(last->partition == 2);
  CHECK(task::parse_offer(last->message.payload)->draining);
}
