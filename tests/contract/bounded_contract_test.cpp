// Tests of the bounds of a bus that keeps its records in memory.
#include "contract/receivers.hpp"
#include "contract/within.hpp"

namespace streamdemo::contract {

using bus::when_full;

BUS_CONTRACT("bounded: a topic that refuses says full, and takes again what fits once records are completed") {
  if (!t.can().refuses_when_full) co_return;
  const auto topic = co_await t.small_topic(when_full::refuse, 3, 2);
  auto p = t.bus.make_producer(t.ex);
  for (int i = 0; i < 3; ++i) co_await put(*p, sized(topic, i % 2, i));
  const auto refused = co_await bus::publish(*p, sized(topic, 1, 3));
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == errc::full);
  auto m = join(t, t.fresh("group"), topic);
  m->start();
  co_await m->until([&] { return m->got.size() == 3; });
  const auto still = co_await bus::publish(*p, sized(topic, 1, 3));
  CHECK(still.has_error());
  m->complete(0);
  const auto taken = co_await bus::publish(*p, sized(topic, 1, 3));
  CHECK(taken.has_value());
  const auto full_again = co_await bus::publish(*p, sized(topic, 1, 4));
  CHECK(full_again.has_error());
}

BUS_CONTRACT("bounded: a topic that refuses drops nothing that one of its groups has not completed") {
  if (!t.can().refuses_when_full) co_return;
  const auto topic = co_await t.small_topic(when_full::refuse, 2);
  const auto slow = t.fresh("slow");
  auto p = t.bus.make_producer(t.ex);
  auto gone = join(t, slow, topic);
  gone->start();
  co_await gone->until([&] { return gone->owned.size() == 1; });
  co_await gone->leave();
  auto m = join(t, t.fresh("fast"), topic);
  m->start();
  for (int i = 0; i < 2; ++i) co_await put(*p, sized(topic, 0, i));
  co_await m->until([&] { return m->got.size() == 2; });
  m->complete_all();
  const auto refused = co_await bus::publish(*p, sized(topic, 0, 2));
  REQUIRE(refused.has_error());
  CHECK(refused.error().code == errc::full);
  auto back = join(t, slow, topic);
  back->start();
  co_await back->until([&] { return back->got.size() == 2; });
}

BUS_CONTRACT("bounded: records that are completed behind one that is not leave their room to others") {
  if (!t.can().refuses_when_full) co_return;
  const auto topic = co_await t.small_topic(when_full::refuse, 4);
  const auto group = t.fresh("group");
  auto p = t.bus.make_producer(t.ex);
  auto m = join(t, group, topic);
  m->start();
  co_await put(*p, sized(topic, 0, 0));
  for (int i = 1; i < 10; ++i) {
    co_await put(*p, sized(topic, 0, i));
    co_await m->until([&] { return m->got.size() == std::size_t(i) + 1; });
    m->complete(std::size_t(i));
  }
  co_await m->leave();
  // What was dropped does not come again, and the first one does.
  auto next = join(t, group, topic);
  next->start();
  co_await put(*p, sized(topic, 0, 10));
  co_await next->until([&] { return !next->got.empty() && next->got.back().record->offset == 10; });
  CHECK(next->got[0].record->offset == 0);
  CHECK(next->got.size() < 10);
  next->complete_all();
  CHECK(next->source().held().records == 0);
}

BUS_CONTRACT("bounded: a reader whose records were dropped is told so") {
  if (!t.can().refuses_when_full) co_return;
  const auto topic = co_await t.small_topic(when_full::refuse, 1);
  auto p = t.bus.make_producer(t.ex);
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_offset{0});
  auto m = join(t, t.fresh("group"), topic);
  m->start();
  for (int i = 0; i < 3; ++i) {
    co_await put(*p, sized(topic, 0, i));
    co_await m->until([&] { return m->got.size() == std::size_t(i) + 1; });
    m->complete(std::size_t(i));
  }
  f->start();
  co_await f->until([&] { return f->lost.size() == 1; });
  CHECK(f->got.empty());
  f->follow(topic, 0, bus::from_time{base::sys_time{}});
  co_await f->until([&] { return f->got.size() == 1; });
  CHECK(f->got[0]->offset == 2);
}

BUS_CONTRACT("bounded: publishers to a topic that waits are held until its readers have passed, and keep their order") {
  if (!t.can().waits_when_full) co_return;
  const auto topic = co_await t.small_topic(when_full::wait, 4, 2);
  auto p = t.bus.make_producer(t.ex);
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_offset{0});
  f->follow(topic, 1, bus::from_offset{0});
  pipeline line(*p, t.ex);
  for (int i = 0; i < 40; ++i) line.send(sized(topic, i % 2, i), in(std::chrono::seconds(30)));
  co_await line.until_ended(4);
  co_await base::sleep_for(base::milliseconds(50));
  CHECK(line.ended() == 4);
  f->start(1);
  co_await line.until_ended(40);
  co_await f->until([&] { return f->got.size() == 40; });
  for (std::size_t i = 0; i < 40; ++i) {
    CHECK(line.order[i] == i);
    CHECK(line.outcomes[i]->has_value());
  }
}

BUS_CONTRACT("bounded: a small record that would fit does not overtake a large one that waits") {
  if (!t.can().waits_when_full) co_return;
  const auto topic = co_await t.small_topic(when_full::wait, 3);
  auto p = t.bus.make_producer(t.ex);
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_offset{0});
  pipeline line(*p, t.ex);
  line.send(sized(topic, 0, 0));
  line.send(text(topic, 0, std::string(3000, 'x')));
  line.send(text(topic, 0, "small"));
  f->start(1);
  co_await f->until([&] { return f->got.size() == 3; });
  CHECK(f->got[2]->value == "small");
}

BUS_CONTRACT("bounded: a publish that waits past its deadline is timed_out, and those behind it go on") {
  if (!t.can().waits_when_full) co_return;
  const auto topic = co_await t.small_topic(when_full::wait, 1);
  auto p = t.bus.make_producer(t.ex);
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_offset{0});
  pipeline line(*p, t.ex);
  line.send(sized(topic, 0, 0));
  line.send(sized(topic, 0, 1), in(base::milliseconds(30)));
  line.send(sized(topic, 0, 2));
  line.send(sized(topic, 0, 3), in(base::milliseconds(20)));
  co_await line.until_ended(3);
  for (const std::size_t i : {1, 3}) {
    REQUIRE(line.outcomes[i]);
    REQUIRE(line.outcomes[i]->has_error());
    CHECK(line.outcomes[i]->error().code == errc::timed_out);
  }
  f->start();
  co_await line.until_ended(4);
  CHECK(line.outcomes[2]->has_value());
  co_await f->until([&] { return f->got.size() == 2; });
  CHECK(f->got[1]->value == sized(topic, 0, 2).value);
}

BUS_CONTRACT(
    "bounded: a publish without deadline that waits can be canceled, and its record may still be taken later") {
  if (!t.can().waits_when_full) co_return;
  const auto topic = co_await t.small_topic(when_full::wait, 1);
  auto p = t.bus.make_producer(t.ex);
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_offset{0});
  co_await put(*p, sized(topic, 0, 0));
  const auto outcome = co_await published_within(*p, sized(topic, 0, 1), base::milliseconds(20));
  CHECK_FALSE(outcome.has_value());
  f->start();
  co_await put(*p, sized(topic, 0, 2));
  co_await f->until([&] { return f->got.size() >= 2 && f->got.back()->value == sized(topic, 0, 2).value; });
}

BUS_CONTRACT("bounded: where nobody follows, a topic that waits takes everything and keeps the newest") {
  if (!t.can().waits_when_full) co_return;
  const auto topic = co_await t.small_topic(when_full::wait, 5);
  auto p = t.bus.make_producer(t.ex);
  for (int i = 0; i < 50; ++i) co_await put(*p, sized(topic, 0, i));
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_time{base::sys_time{}});
  f->start();
  co_await f->until([&] { return f->caught_up.contains({topic, 0}); });
  REQUIRE(f->got.size() == 5);
  CHECK(f->got[0]->offset == 45);
  f->follow(topic, 0, bus::from_offset{0});
  co_await f->until([&] { return f->lost.size() == 1; });
}

BUS_CONTRACT("bounded: a reader that unfollows, leaves or crashes holds no publisher up") {
  if (!t.can().waits_when_full) co_return;
  const auto topic = co_await t.small_topic(when_full::wait, 1);
  auto p = t.bus.make_producer(t.ex);
  pipeline line(*p, t.ex);
  line.send(sized(topic, 0, 0));
  co_await line.until_ended(1);
  for (int way = 0; way < 3; ++way) {
    auto f = make_follower(t);
    const auto end = co_await t.end_of(topic, 0);
    f->follow(topic, 0, bus::from_offset{*end - 1});
    line.send(sized(topic, 0, way));
    CHECK(line.ended() == std::size_t(way) + 1);
    if (way == 0) f->source().unfollow({topic, 0});
    if (way == 1) co_await f->leave();
    if (way == 2) co_await f->crash();
    co_await line.until_ended(std::size_t(way) + 2);
  }
}

BUS_CONTRACT("bounded: a drain gives up what still waits at its deadline and says how much") {
  if (!t.can().waits_when_full) co_return;
  const auto topic = co_await t.small_topic(when_full::wait, 2);
  auto p = t.bus.make_producer(t.ex);
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_offset{0});
  pipeline line(*p, t.ex);
  for (int i = 0; i < 5; ++i) line.send(sized(topic, 0, i));
  p->close();
  const auto report = co_await p->drain(in(base::milliseconds(20)));
  CHECK(report.lost == 3);
  CHECK(line.ended() == 5);
  for (std::size_t i = 0; i < 5; ++i) CHECK(line.outcomes[i]->has_value() == (i < 2));
  CHECK(line.outcomes[4]->error().code == errc::timed_out);
  const auto again = co_await p->drain(in(base::milliseconds(20)));
  CHECK(again.lost == 0);
}

BUS_CONTRACT("bounded: a record larger than the whole topic is taken when the topic is empty") {
  if (!t.can().refuses_when_full) co_return;
  const auto topic = co_await t.small_topic(when_full::refuse, 1);
  auto p = t.bus.make_producer(t.ex);
  co_await put(*p, text(topic, 0, std::string(100'000, 'x')));
  const auto second = co_await bus::publish(*p, text(topic, 0, "x"));
  CHECK(second.has_error());
}

}  // namespace streamdemo::contract
