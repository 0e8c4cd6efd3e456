#include "contract/receivers.hpp"

namespace streamdemo::contract {

BUS_CONTRACT("every: each reader gets every record of what it follows, exactly once and in offset order") {
  const auto topic = co_await t.topic(2);
  auto p = t.bus.make_producer(t.ex);
  auto one = make_follower(t);
  auto other = make_follower(t);
  for (const auto& f : {one, other}) {
    f->follow(topic, 1, bus::from_offset{0});
    f->start(9);
  }
  co_await put_numbers(*p, topic, 1, 0, 100);
  co_await put_numbers(*p, topic, 0, 0, 5);
  co_await put_numbers(*p, topic, 1, 100, 100);
  co_await one->until([&] { return one->got.size() == 200; });
  co_await other->until([&] { return other->got.size() == 200; });
  CHECK(one->values() == numbers(0, 200));
  CHECK(other->values() == numbers(0, 200));
  co_await one->leave();
}

BUS_CONTRACT("every: a reader begins at the offset it names") {
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 10);
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_offset{7});
  f->start();
  co_await f->until([&] { return f->caught_up.contains({topic, 0}); });
  CHECK(f->values() == numbers(7, 10));
}

BUS_CONTRACT("every: a reader begins at the first record whose log time is not before the time it names") {
  if (!t.can().log_append_time) co_return;
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  for (int i = 0; i < 10; ++i) {
    co_await put_numbers(*p, topic, 0, i, 1);
    co_await base::sleep_for(base::milliseconds(2));  // so that log times differ
  }
  auto all = make_follower(t);
  all->follow(topic, 0, bus::from_time{base::sys_time{}});
  all->start();
  co_await all->until([&] { return all->got.size() == 10; });
  for (std::size_t i = 0; i < 10; ++i) {
    const auto at = all->got[i]->log_time;
    CHECK(at == std::chrono::floor<base::milliseconds>(at));
    if (i > 0) CHECK(at >= all->got[i - 1]->log_time);
    std::size_t first = i;
    while (first > 0 && all->got[first - 1]->log_time == at) --first;
    auto f = make_follower(t);
    f->follow(topic, 0, bus::from_time{at});
    f->start();
    co_await f->until([&] { return f->caught_up.contains({topic, 0}); });
    CHECK(f->values() == numbers(int(first), 10));
    co_await f->leave();
  }
}

BUS_CONTRACT("every: a time after the last record gives only what comes later") {
  if (!t.can().log_append_time) co_return;
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 3);
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_time{base::system_clock().now() + std::chrono::hours(1)});
  f->start();
  co_await f->until([&] { return f->caught_up.contains({topic, 0}); });
  co_await put_numbers(*p, topic, 0, 3, 1);
  co_await f->until([&] { return !f->got.empty(); });
  CHECK(f->values() == numbers(3, 4));
}

BUS_CONTRACT("every: a transaction that somebody else holds open hides neither a record nor the end") {
  if (!t.can().transactions) co_return;
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 2);
  const auto open = t.open_transaction(text(topic, 0, "2"));
  co_await put_numbers(*p, topic, 0, 3, 2);
  const auto end = co_await t.end_of(topic, 0);
  REQUIRE(end.has_value());
  CHECK(*end == 5);
  std::vector<bus::read_start> starts;
  starts.emplace_back(bus::from_offset{0});
  starts.emplace_back(bus::from_time{base::sys_time{}});
  for (const auto& from : starts) {
    auto f = make_follower(t);
    f->follow(topic, 0, from);
    f->start();
    co_await f->until([&] { return f->caught_up.contains({topic, 0}); });
    CHECK(f->before_caught_up[{topic, 0}] == 5);
    CHECK(f->values() == numbers(0, 5));
    co_await f->leave();
  }
}

BUS_CONTRACT("every: caught_up comes exactly once, after what was there when it was followed") {
  const auto topic = co_await t.topic(3);
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 10);
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_offset{0});
  f->follow(topic, 1, bus::from_offset{0});
  f->start(3);
  co_await f->until([&] { return f->caught_up.size() == 2; });
  CHECK(f->before_caught_up[{topic, 0}] == 10);
  CHECK(f->ends[{topic, 0}] == 10);
  CHECK(f->ends[{topic, 1}] == 0);
  co_await put_numbers(*p, topic, 0, 10, 5);
  co_await put_numbers(*p, topic, 1, 0, 5);
  f->follow(topic, 2, bus::from_offset{0});
  co_await f->until([&] { return f->got.size() == 20 && f->caught_up.size() == 3; });
  for (const auto& [partition, times] : f->caught_up) CHECK(times == 1);
}

BUS_CONTRACT("every: followed anew, a partition starts over and is caught up once more") {
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 3);
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_offset{0});
  f->start();
  co_await f->until([&] { return f->caught_up[{topic, 0}] == 1; });
  f->follow(topic, 0, bus::from_offset{1});
  co_await f->until([&] { return f->caught_up[{topic, 0}] == 2; });
  auto expected = numbers(0, 3);
  for (auto& v : numbers(1, 3)) expected.push_back(v);
  CHECK(f->values() == expected);
}

BUS_CONTRACT("every: a position that does not exist is reported, not jumped over, and can be followed anew") {
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 3);
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_offset{1000});
  f->start();
  co_await f->until([&] { return f->lost.size() == 1; });
  CHECK(f->lost[0].partition == partition_id{topic, 0});
  co_await put_numbers(*p, topic, 0, 3, 1);
  f->follow(topic, 0, bus::from_offset{2});
  co_await f->until([&] { return f->caught_up.contains({topic, 0}); });
  CHECK(f->values() == numbers(2, 4));
  CHECK(f->lost.size() == 1);
}

BUS_CONTRACT("every: after unfollow nothing more of that partition comes") {
  const auto topic = co_await t.topic(2);
  auto p = t.bus.make_producer(t.ex);
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_offset{0});
  f->follow(topic, 1, bus::from_offset{0});
  f->start();
  co_await put_numbers(*p, topic, 0, 0, 3);
  co_await f->until([&] { return f->got.size() == 3; });
  co_await put_numbers(*p, topic, 0, 100, 50);
  f->source().unfollow({topic, 0});
  f->source().unfollow({topic, 0});
  const auto by_then = f->got.size();
  co_await put_numbers(*p, topic, 0, 200, 3);
  co_await put_numbers(*p, topic, 1, 300, 3);
  co_await f->until([&] { return f->got.back()->value == "302"; });
  for (std::size_t i = by_then; i < f->got.size(); ++i) CHECK(f->got[i]->partition == 1);
}

BUS_CONTRACT("every: receive waits while nothing is followed, and close ends it") {
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 2);
  auto f = make_follower(t);
  f->start();
  f->follow(topic, 0, bus::from_offset{0});
  co_await f->until([&] { return f->got.size() == 2; });
  co_await f->leave();
}

}  // namespace streamdemo::contract
