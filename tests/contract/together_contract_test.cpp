// Tests of records that are published with one write.
#include "contract/receivers.hpp"

namespace streamdemo::contract {

namespace {

// g++ 12 takes no initializer list in a coroutine.
std::vector<record> two(record a, record b) {
  std::vector<record> all;
  all.push_back(std::move(a));
  all.push_back(std::move(b));
  return all;
}

}  // namespace

BUS_CONTRACT("together: records of two topics are written, and the outcome is the place of the last one") {
  if (!t.bus.writes_together()) co_return;
  const auto one = co_await t.topic(2);
  const auto other = co_await t.topic(2);
  auto p = t.bus.make_producer(t.ex);
  co_await put(*p, text(other, 1, "before"));
  auto both = two(text(one, 0, "a"), text(other, 1, "b"));
  const auto placed = co_await bus::publish_together(*p, both, in(std::chrono::seconds(20)));
  REQUIRE(placed.has_value());
  CHECK(placed->partition == 1);
  CHECK(placed->offset == 1);
  auto f = make_follower(t);
  f->follow(one, 0, bus::from_offset{0});
  f->follow(other, 1, bus::from_offset{1});
  f->start();
  co_await f->until([&] { return f->got.size() == 2; });
}

BUS_CONTRACT("together: where one of them has no room, none is written, and the caller still has them") {
  if (!t.bus.writes_together() || !t.can().refuses_when_full) co_return;
  const auto roomy = co_await t.topic(1);
  const auto narrow = co_await t.small_topic(bus::when_full::refuse, 1);
  auto p = t.bus.make_producer(t.ex);
  co_await put(*p, sized(narrow, 0, 0));
  auto both = two(text(roomy, 0, "a"), sized(narrow, 0, 1));
  const auto refused = co_await bus::publish_together(*p, both, in(std::chrono::seconds(20)));
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == errc::full);
  CHECK(both.front().value == "a");
  CHECK(both.back().value == sized(narrow, 0, 1).value);
  const auto end = co_await t.end_of(roomy, 0);
  CHECK(*end == 0);
}

BUS_CONTRACT(
    "together: a topic that does not exist and a deadline that has passed are errors, and nothing is written") {
  if (!t.bus.writes_together()) co_return;
  const auto one = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  auto unknown = two(text(one, 0, "a"), text(t.fresh("none"), 0, "b"));
  const auto missing = co_await bus::publish_together(*p, unknown, in(std::chrono::seconds(20)));
  REQUIRE(missing.has_error());
  CHECK(missing.error().code == errc::not_found);
  auto late = two(text(one, 0, "a"), text(one, 0, "b"));
  const auto passed = co_await bus::publish_together(*p, late, in(std::chrono::seconds(-1)));
  REQUIRE(passed.has_error());
  CHECK(passed.error().code == errc::timed_out);
  p->close();
  auto closed = two(text(one, 0, "a"), text(one, 0, "b"));
  const auto refused = co_await bus::publish_together(*p, closed, in(std::chrono::seconds(20)));
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == errc::closed);
  const auto end = co_await t.end_of(one, 0);
  CHECK(*end == 0);
}

}  // namespace streamdemo::contract
