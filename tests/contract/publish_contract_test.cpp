#include "contract/receivers.hpp"

#include <streamdemo/base/partition.hpp>
namespace streamdemo::contract {

BUS_CONTRACT("publish: records of one partition keep the order of pipelined calls") {
  const auto topic = co_await t.topic(2);
  auto p = t.bus.make_producer(t.ex);
  pipeline line(*p, t.ex);
  for (int i = 0; i < 500; ++i) line.send(text(topic, i % 2, std::to_string(i / 2)));
  co_await line.until_ended(500);
  std::int64_t last[] = {-1, -1};
  for (const auto& o : line.outcomes) {
    REQUIRE(o->has_value());
    CHECK((*o)->offset > last[(*o)->partition]);
    last[(*o)->partition] = (*o)->offset;
  }
  auto f = make_follower(t);
  f->follow(topic, 1, bus::from_offset{0});
  f->start();
  co_await f->until([&] { return f->got.size() == 250; });
  CHECK(f->values() == numbers(0, 250));
}

BUS_CONTRACT("publish: a key goes to the partition that every client picks") {
  const auto topic = co_await t.topic(7);
  auto p = t.bus.make_producer(t.ex);
  for (const char* key : {"21", "foobar", "a-little-bit-long-string", "a"}) {
    auto r = text(topic, -1, "x");
    r.key = key;
    const auto where = co_await put(*p, std::move(r));
    CHECK(where.partition == base::partition_for(key, 7));
  }
}

BUS_CONTRACT("publish: an explicit partition is taken, whatever the key") {
  const auto topic = co_await t.topic(3);
  auto p = t.bus.make_producer(t.ex);
  for (std::int32_t n = 0; n < 3; ++n) {
    auto r = text(topic, n, "x");
    r.key = "always the same";
    const auto where = co_await put(*p, std::move(r));
    CHECK(where.partition == n);
    CHECK(where.offset == 0);
  }
}

BUS_CONTRACT("publish: a record without key and partition is taken somewhere") {
  const auto topic = co_await t.topic(3);
  auto p = t.bus.make_producer(t.ex);
  const auto where = co_await put(*p, text(topic, -1, "x"));
  CHECK(where.partition >= 0);
  CHECK(where.partition < 3);
}

BUS_CONTRACT("publish: key, value and headers come out as they went in, byte by byte") {
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  auto r = text(topic, 0, std::string("\0\xff\r\n", 4));
  r.key = std::string("k\0y", 3);
  r.headers.add("ce_id", "1");
  r.headers.add("empty", "");
  r.headers.add("ce_id", std::string("\0", 1));
  const auto sent = r;
  co_await put(*p, std::move(r));
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_offset{0});
  f->start();
  co_await f->until([&] { return f->got.size() == 1; });
  const auto& back = *f->got[0];
  CHECK(back.topic == topic);
  CHECK(back.partition == 0);
  CHECK(back.offset == 0);
  CHECK(back.key == sent.key);
  CHECK(back.value == sent.value);
  CHECK(back.headers == sent.headers);
}

BUS_CONTRACT("publish: a completion never comes from inside the call") {
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  pipeline line(*p, t.ex);
  line.send(text(topic, 0, "good"));
  line.send(text(t.fresh("unknown"), 0, "bad"), in(std::chrono::seconds(5)));
  CHECK(line.ended() == 0);
  p->close();
  line.send(text(topic, 0, "late"));
  CHECK(line.ended() == 0);
  co_await line.until_ended(3);
}

BUS_CONTRACT("publish: an unknown topic and an unknown partition have their names") {
  const auto topic = co_await t.topic(2);
  auto p = t.bus.make_producer(t.ex);
  pipeline line(*p, t.ex);
  line.send(text(t.fresh("unknown"), 0, "x"), in(std::chrono::seconds(20)));
  line.send(text(topic, 2, "x"), in(std::chrono::seconds(20)));
  co_await line.until_ended(2);
  REQUIRE(line.outcomes[0]->has_error());
  CHECK(line.outcomes[0]->error().code == errc::not_found);
  REQUIRE(line.outcomes[1]->has_error());
  CHECK(line.outcomes[1]->error().code == errc::invalid_argument);
}

BUS_CONTRACT("publish: a deadline that has passed is timed_out") {
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  const auto outcome = co_await bus::publish(*p, text(topic, 0, "x"), in(base::milliseconds(-1)));
  REQUIRE(outcome.has_error());
  CHECK(outcome.error().code == errc::timed_out);
}

BUS_CONTRACT("publish: close refuses what comes after it, drain waits for what came before, both may come twice") {
  const auto topic = co_await t.topic(1);
  auto p = t.bus.make_producer(t.ex);
  pipeline line(*p, t.ex);
  for (int i = 0; i < 200; ++i) line.send(text(topic, 0, std::to_string(i)));
  p->close();
  p->close();
  line.send(text(topic, 0, "late"));
  const auto first = co_await p->drain(in(std::chrono::seconds(20)));
  CHECK(first.lost == 0);
  CHECK(line.ended() == 201);
  for (std::size_t i = 0; i < 200; ++i) CHECK(line.outcomes[i]->has_value());
  REQUIRE(line.outcomes[200]->has_error());
  CHECK(line.outcomes[200]->error().code == errc::closed);
  const auto second = co_await p->drain(in(std::chrono::seconds(20)));
  CHECK(second.lost == 0);
  const auto end = co_await t.end_of(topic, 0);
  CHECK(*end == 200);
}

BUS_CONTRACT("topics: made once, checked when asked for again, and the end is one past the last record") {
  const auto topic = co_await t.topic(2);
  bus::topic_spec s;
  s.name = topic;
  s.partitions = 2;
  s.max_bytes = 1 << 20;
  const auto again = co_await t.bus.ensure_topics(std::vector<bus::topic_spec>(1, s));
  CHECK(again.has_value());
  s.partitions = 3;
  const auto other = co_await t.bus.ensure_topics(std::vector<bus::topic_spec>(1, s));
  REQUIRE(other.has_error());
  CHECK(other.error().code == errc::invalid_argument);
  CHECK(other.error().message.find(topic) != std::string::npos);

  auto p = t.bus.make_producer(t.ex);
  co_await put_numbers(*p, topic, 1, 0, 3);
  const auto empty = co_await t.end_of(topic, 0);
  const auto three = co_await t.end_of(topic, 1);
  const auto none = co_await t.end_of(t.fresh("unknown"), 0);
  CHECK(*empty == 0);
  CHECK(*three == 3);
  REQUIRE(none.has_error());
  CHECK(none.error().code == errc::not_found);
}

BUS_CONTRACT(
    "publish: what a topic refuses as one takes no record with it that would pass alone, and the order stays") {
  const auto topic = t.fresh("narrow");
  if (!t.make_narrow_topic(topic, 20'000)) co_return;
  auto p = t.bus.make_producer(t.ex);
  pipeline all(*p, t.ex);
  constexpr int count = 300, too_large = 150;
  for (int i = 0; i < count; ++i) {
    auto r = text(topic, 0, std::to_string(i));
    r.headers.add("filling", std::string(i == too_large ? 30'000 : 1000, 'x'));
    all.send(std::move(r));
  }
  co_await all.until_ended(count);
  for (std::size_t i = 0; i < count; ++i) {
    CAPTURE(i);
    const auto& how = *all.outcomes[i];
    if (i == too_large) {
      REQUIRE(how.has_error());
      CHECK(how.error().code == errc::too_large);
    } else {
      CHECK_MESSAGE(how.has_value(), (how ? "" : how.error().message));
    }
  }
  auto f = make_follower(t);
  f->follow(topic, 0, bus::from_offset{0});
  f->start();
  co_await f->until([&] { return f->caught_up.contains({topic, 0}); });
  auto expected = numbers(0, count);
  expected.erase(expected.begin() + too_large);
  // A record whose acknowledgement was lost with its client may be in the log twice; only the first one counts.
  std::vector<std::string> seen;
  for (const auto& v : f->values()) {
    if (std::find(seen.begin(), seen.end(), v) == seen.end()) seen.push_back(v);
  }
  CHECK(seen == expected);
}

}  // namespace streamdemo::contract
