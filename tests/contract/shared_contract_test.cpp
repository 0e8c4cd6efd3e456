#include "contract/receivers.hpp"
#include "contract/within.hpp"

namespace streamdemo::contract {

BUS_CONTRACT("shared: a new group gets everything from the oldest record, in order per partition") {
  const auto topic = co_await t.topic(3);
  auto p = t.bus.make_producer(t.ex);
  for (int n = 0; n < 3; ++n) co_await put_numbers(*p, topic, n, 0, 100);
  auto m = join(t, t.fresh("group"), topic);
  m->start(7);
  co_await m->until([&] { return m->got.size() == 300; });
  CHECK(m->owned.size() == 3);
  co_await m->leave();
}

BUS_CONTRACT("shared: a member can leave at any moment of its joining") {
  const auto topic = co_await t.topic(1);
  const auto group = t.fresh("group");
  auto stays = join(t, group, topic);
  stays->start();
  for (int n = 0; n < 16; ++n) {
    auto hasty = join(t, group, topic);
    hasty->start();
    co_await base::sleep_for(base::milliseconds(n * 4));
    co_await hasty->leave();
  }
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 3);
  co_await stays->until([&] { return stays->got.size() == 3; });
}

BUS_CONTRACT("shared: records published later arrive too") {
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  auto m = join(t, t.fresh("group"), topic);
  m->start();
  co_await m->until([&] { return m->owned.size() == 1; });
  co_await put_numbers(*p, topic, 0, 0, 3);
  co_await m->until([&] { return m->got.size() == 3; });
  CHECK(m->values() == numbers(0, 3));
}

BUS_CONTRACT("shared: two groups get everything each") {
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  auto one = join(t, t.fresh("group"), topic);
  auto other = join(t, t.fresh("group"), topic);
  one->start();
  other->start();
  co_await put_numbers(*p, topic, 0, 0, 10);
  co_await one->until([&] { return one->got.size() == 10; });
  co_await other->until([&] { return other->got.size() == 10; });
}

BUS_CONTRACT("shared: what is un-completed when a member crashes comes again to the next owner") {
  const auto topic = co_await t.topic(1);
  const auto group = t.fresh("group");
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 5);
  auto a = join(t, group, topic);
  a->start();
  co_await a->until([&] { return a->got.size() == 5; });
  co_await a->crash();
  auto b = join(t, group, topic);
  b->start();
  co_await b->until([&] { return b->got.size() == 5; });
  CHECK(b->values() == numbers(0, 5));
}

BUS_CONTRACT("shared: what the last owner had taken in does not count against the next owner's bounds") {
  const auto topic = co_await t.topic(1);
  const auto group = t.fresh("group");
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 5);
  auto a = join(t, group, topic, {.max_gap = 3});
  a->start();
  co_await a->until([&] { return a->got.size() == 3; });
  a->complete(1);
  co_await a->crash();
  auto b = join(t, group, topic, {.max_gap = 3});
  b->start();
  co_await b->until([&] { return b->got.size() == 3; });
  CHECK(b->values() == numbers(0, 3));
  b->complete(0);
  co_await b->leave();
  // Offset 1 was completed under an assignment that is over.
  auto c = join(t, group, topic, {.max_gap = 3});
  c->start();
  co_await c->until([&] { return c->got.size() == 3; });
  CHECK(c->values() == numbers(1, 4));
}

BUS_CONTRACT("shared: the next owner begins at the low watermark, whatever was completed past it") {
  const auto topic = co_await t.topic(1);
  const auto group = t.fresh("group");
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 10);
  auto a = join(t, group, topic);
  a->start();
  co_await a->until([&] { return a->got.size() == 10; });
  for (const std::size_t i : {5, 1, 3, 0}) a->complete(i);
  co_await a->leave();
  auto b = join(t, group, topic);
  b->start();
  co_await b->until([&] { return b->got.size() == 8; });
  CHECK(b->values() == numbers(2, 10));
}

BUS_CONTRACT("shared: a group that completed everything gets nothing again") {
  const auto topic = co_await t.topic(1);
  const auto group = t.fresh("group");
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 10);
  auto a = join(t, group, topic);
  a->start();
  co_await a->until([&] { return a->got.size() == 10; });
  a->complete_all();
  a->complete_all();
  co_await a->leave();
  co_await put_numbers(*p, topic, 0, 10, 1);
  auto b = join(t, group, topic);
  b->start();
  co_await b->until([&] { return !b->got.empty(); });
  CHECK(b->values() == numbers(10, 11));
}

BUS_CONTRACT("shared: a member that joins takes over some partitions, and only these are revoked") {
  const auto topic = co_await t.topic(4);
  const auto group = t.fresh("group");
  auto a = join(t, group, topic);
  a->start();
  co_await a->until([&] { return a->owned.size() == 4; });
  auto b = join(t, group, topic);
  b->start();
  co_await a->until([&] { return a->owned.size() == 2; });
  co_await b->until([&] { return b->owned.size() == 2; });
  for (const auto& id : b->owned) CHECK_FALSE(a->owned.contains(id));
  CHECK(a->assignments == 1);  // partitions that it kept were not assigned again
  co_await b->leave();
  co_await a->until([&] { return a->owned.size() == 4; });
}

BUS_CONTRACT("shared: a rebalance leaves work in flight alone where the partition stays") {
  const auto topic = co_await t.topic(2);
  const auto group = t.fresh("group");
  auto p = t.bus.make_producer(t.ex);
  for (int n = 0; n < 2; ++n) co_await put_numbers(*p, topic, n, 0, 4);
  auto a = join(t, group, topic);
  a->start();
  co_await a->until([&] { return a->got.size() == 8; });
  auto b = join(t, group, topic);
  b->start();
  co_await b->until([&] { return b->owned.size() == 1 && b->got.size() == 4; });
  co_await a->until([&] { return a->owned.size() == 1; });
  CHECK(a->got.size() == 8);  // no record of the partitions that it kept came again
  a->complete_all();
  b->complete_all();
  co_await a->leave();
  co_await b->until([&] { return b->owned.size() == 2; });
  for (int n = 0; n < 2; ++n) co_await put_numbers(*p, topic, n, 4, 1);
  co_await b->until([&] { return b->got.size() >= 6; });
  for (std::size_t i = 4; i < b->got.size(); ++i) CHECK(b->got[i].record->value == "4");
}

BUS_CONTRACT("shared: completing a record of an assignment that is over does nothing") {
  const auto topic = co_await t.topic(2);
  const auto group = t.fresh("group");
  auto p = t.bus.make_producer(t.ex);
  for (int n = 0; n < 2; ++n) co_await put_numbers(*p, topic, n, 0, 3);
  auto a = join(t, group, topic);
  a->start();
  co_await a->until([&] { return a->got.size() == 6; });
  auto b = join(t, group, topic);
  b->start();
  co_await b->until([&] { return b->got.size() == 3; });
  co_await a->until([&] { return a->owned.size() == 1; });
  const auto moved = b->got[0].record->partition;
  a->complete_all();  // three of them belong to b now
  co_await b->leave();
  co_await a->until([&] { return a->got.size() == 9; });
  // And once more, when the same member owns the partition again under another assignment.
  for (std::size_t i = 0; i < 6; ++i) a->complete(i);
  co_await a->leave();
  auto c = join(t, group, topic);
  c->start();
  co_await c->until([&] { return c->got.size() == 3; });
  CHECK(c->values() == numbers(0, 3));
  for (const auto& d : c->got) CHECK(d.record->partition == moved);
}

BUS_CONTRACT("shared: no more than max_gap records past the watermark are taken in") {
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 10);
  auto m = join(t, t.fresh("group"), topic, {.max_gap = 3});
  m->start();
  co_await m->until([&] { return m->got.size() == 3; });
  m->complete(2);
  m->complete(1);  // the watermark stays
  co_await base::sleep_for(base::milliseconds(50));
  CHECK(m->got.size() == 3);
  m->complete(0);
  co_await m->until([&] { return m->got.size() == 6; });
  co_await base::sleep_for(base::milliseconds(50));
  CHECK(m->values() == numbers(0, 6));
  for (std::size_t i = 3; i < 10; ++i) {
    co_await m->until([&] { return m->got.size() > i; });
    m->complete(i);
  }
}

BUS_CONTRACT(
    "shared: a record that is not completed stops no others, of which only the un-completed ones are bounded") {
  const auto topic = co_await t.topic(1);
  const auto group = t.fresh("group");
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 300);
  auto m = join(t, group, topic, {.max_open = 2});
  m->start();
  for (std::size_t i = 1; i < 300; ++i) {
    co_await m->until([&] { return m->got.size() > i; });
    CHECK(m->got.size() == i + 1);  // the first one and this one
    CHECK(m->source().held().records == 2);
    CHECK(m->source().held().gap == i + 1);
    m->complete(i);
  }
  CHECK(m->values() == numbers(0, 300));
  CHECK(m->source().held().records == 1);
  m->complete(0);
  CHECK(m->source().held().records == 0);
  CHECK(m->source().held().gap == 0);
  co_await m->leave();
  co_await put_numbers(*p, topic, 0, 300, 1);
  auto next = join(t, group, topic);
  next->start();
  co_await next->until([&] { return !next->got.empty(); });
  CHECK(next->values() == numbers(300, 301));
}

BUS_CONTRACT("shared: whoever is not completed comes again to the next owner, however many were completed past it") {
  const auto topic = co_await t.topic(1);
  const auto group = t.fresh("group");
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 200);
  auto m = join(t, group, topic, {.max_open = 3});
  m->start();
  for (std::size_t i = 0; i < 200; ++i) {
    co_await m->until([&] { return m->got.size() > i; });
    if (i != 7 && i != 150) m->complete(i);
  }
  co_await m->leave();
  auto next = join(t, group, topic, {.max_open = 3});
  next->start();
  bool second = false;
  for (std::size_t i = 0; !second; ++i) {
    co_await next->until([&] { return next->got.size() > i; });
    second = next->got[i].record->value == "150";
    next->complete(i);
  }
  CHECK(next->got[0].record->value == "7");
}

BUS_CONTRACT("shared: whoever lets go of a record's value makes room for others, and a reader has that value again") {
  const auto topic = co_await t.topic(2);
  auto p = t.bus.make_producer(t.ex);
  for (int i = 0; i < 4; ++i) co_await put(*p, sized(topic, 1, i));
  auto m = join(t, t.fresh("group"), topic, {.max_bytes = 2 * sized(topic, 0, 0).bytes() - 1});
  m->start();
  co_await m->until([&] { return m->got.size() == 2; });
  co_await base::sleep_for(base::milliseconds(50));
  CHECK(m->got.size() == 2);
  const auto held = m->source().held().bytes;
  m->source().recount(m->got[1], 1);
  co_await m->until([&] { return m->got.size() == 3; });
  CHECK(m->source().held().bytes == held + 1);
  CHECK(m->source().held().records == 3);

  auto r = make_follower(t);
  r->start();
  r->follow(topic, 1, bus::from_offset{m->got[1].record->offset});
  co_await r->until([&] { return !r->got.empty(); });
  CHECK(r->got[0]->offset == m->got[1].record->offset);
  CHECK(r->got[0]->key == m->got[1].record->key);
  CHECK(r->got[0]->value == m->got[1].record->value);
  CHECK(r->got[0]->headers == m->got[1].record->headers);
  co_await r->leave();

  // With its value again it counts as before: of what is completed now only so much more is taken.
  m->source().recount(m->got[1], m->got[1].record->bytes());
  m->complete(0);
  m->source().recount(m->got[0], 1'000'000);  // it is completed, so this means nothing
  m->complete(2);
  co_await m->until([&] { return m->got.size() == 4; });
  CHECK(m->source().held().bytes == held);
  m->complete_all();
  CHECK(m->source().held().bytes == 0);
  co_await m->leave();
}

BUS_CONTRACT("shared: un-completed records are bounded in bytes, in all partitions together, but one is always taken") {
  const auto topic = co_await t.topic(2);
  auto p = t.bus.make_producer(t.ex);
  for (int i = 0; i < 5; ++i) {
    co_await put(*p, sized(topic, 0, i));
    co_await put(*p, sized(topic, 1, i));
  }
  const auto group = t.fresh("group");
  const auto max_bytes = 3 * sized(topic, 0, 0).bytes() - 1;
  auto m = join(t, group, topic, {.max_bytes = max_bytes});
  m->start();
  co_await m->until([&] { return m->got.size() == 3; });
  const auto held = m->source().held().bytes;
  CHECK(held >= max_bytes);
  co_await base::sleep_for(base::milliseconds(50));
  CHECK(m->got.size() == 3);
  // A record can be completed in any order, also when the watermark does not move. To complete it twice frees nothing.
  m->complete(2);
  m->complete(2);
  co_await m->until([&] { return m->got.size() == 4; });
  CHECK(m->source().held().bytes == held);
  co_await base::sleep_for(base::milliseconds(50));
  CHECK(m->got.size() == 4);
  for (std::size_t i = 0; i < 10; ++i) {
    co_await m->until([&] { return m->got.size() > i; });
    m->complete(i);
  }
  CHECK(m->source().held().bytes == 0);
  co_await m->leave();
  // Smaller than any record.
  for (int i = 5; i < 8; ++i) co_await put(*p, sized(topic, 0, i));
  auto small = join(t, group, topic, {.max_bytes = 1});
  small->start();
  for (std::size_t i = 0; i < 3; ++i) {
    co_await small->until([&] { return small->got.size() == i + 1; });
    small->complete(i);
  }
}

BUS_CONTRACT("shared: a receive that is canceled takes no record with it") {
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  bus::group_options o;
  o.group = t.fresh("group");
  o.topics.push_back(topic);
  auto c = t.bus.join(t.ex, o);
  // A bus may need seconds to start a group, so the limits below count only after the first `assigned`.
  for (bool begun = false; !begun;) {
    const auto items = co_await received_within(*c, 1, std::chrono::seconds(1));
    begun = !items.empty();
  }
  std::vector<std::string> values;
  int rounds = 0;
  while (values.size() < 50) {
    REQUIRE(++rounds < 10'000);
    if (rounds <= 50) co_await put_numbers(*p, topic, 0, rounds - 1, 1);
    // A time limit that is sometimes reached before the record arrives and sometimes after.
    const auto items = co_await received_within(*c, 1, base::microseconds(rounds % 7 * 20));
    for (const auto& i : items) {
      if (const auto* d = std::get_if<bus::delivery>(&i)) values.push_back(d->record->value);
    }
  }
  CHECK(values == numbers(0, 50));
}

BUS_CONTRACT("shared: close ends a receive that waits, and what was taken in can still be completed until the drain") {
  const auto topic = co_await t.topic(1);
  const auto group = t.fresh("group");
  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 0, 0, 2);
  auto a = join(t, group, topic);
  a->start();
  co_await a->until([&] { return a->got.size() == 2; });
  a->source().close();
  a->complete(0);
  co_await a->leave();
  auto b = join(t, group, topic);
  b->start();
  co_await b->until([&] { return !b->got.empty(); });
  CHECK(b->values() == numbers(1, 2));
}

}  // namespace streamdemo::contract
