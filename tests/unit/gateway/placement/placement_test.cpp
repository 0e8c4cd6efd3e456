#include "gateway/tasks/placement/placement.hpp"

#include <doctest/doctest.h>

#include <map>

using namespace streamdemo;
using namespace std::chrono_literals;
using gateway::placement;
using reason = gateway::placement::reason;

namespace {

using partitions = std::vector<std::int32_t>;

task::offer offering(std::uint32_t free, partitions of_request, std::uint32_t running = 0) {
  task::offer o;
  o.slots = {free, running};
  o.kinds = {{"quick", {free, running}}, {"slow", {free, 0}}};
  o.partitions["request"] = std::move(of_request);
  return o;
}

struct fixture {
  fixture() : p({.partitions = 6, .request_topic = "request", .kind_topics = {{"own", "request.own"}}}, now) {}

  // Places a task and promises it, as the task service does.
  placement::choice place(std::string_view kind = "quick") {
    const auto c = p.choose(kind, now);
    last = "t" + std::to_string(++n);
    p.promised(last, kind, c.partition, now);
    p.accepted(last, kind, c.partition, now);
    return c;
  }
  std::map<char, int> place_many(int count, std::string_view kind = "quick") {
    std::map<char, int> per_owner;
    for (int i = 0; i < count; ++i) ++per_owner[place(kind).partition < 3 ? 'a' : 'b'];
    return per_owner;
  }

  base::steady_time now{1h};
  placement p;
  std::string last;
  int n = 0;
};

using shares = std::map<char, int>;

}  // namespace

TEST_CASE("tasks go where slots are free, and no more of them than there are free slots") {
  fixture f;
  f.p.told("a", offering(4, {0, 1, 2}), 0ms, f.now);
  f.p.told("b", offering(2, {3, 4, 5}), 0ms, f.now);
  CHECK(f.place_many(2) == shares{{'a', 2}});
  CHECK(f.place_many(4) == shares{{'a', 2}, {'b', 2}});
  CHECK(f.place().why == reason::least_wait);
}

TEST_CASE("of places that are as good as each other, each has its turn: other gateways may choose at the same time") {
  fixture f;
  f.p.told("a", offering(4, {0, 1, 2}), 0ms, f.now);
  f.p.told("b", offering(4, {3, 4, 5}), 0ms, f.now);
  shares chosen;
  for (int i = 0; i < 6; ++i) ++chosen[f.p.choose("quick", f.now).partition < 3 ? 'a' : 'b'];
  CHECK(chosen == shares{{'a', 3}, {'b', 3}});
}

TEST_CASE("kinds share a processor's slots: one that a task of one kind has is free for none of another") {
  fixture f;
  f.p.told("a", offering(2, {0, 1, 2, 3, 4, 5}), 0ms, f.now);
  for (const auto* id : {"one", "two"}) {
    f.p.accepted(id, "slow", 0, f.now);
    f.p.started(id, "a", f.now);
  }
  CHECK(f.p.choose("quick", f.now).why == reason::least_wait);
  f.p.over("one", f.now);
  CHECK(f.p.choose("quick", f.now).why == reason::free_slot);
}

TEST_CASE("a slot is free again once its task has ended, and taken by a task that others placed") {
  fixture f;
  f.p.told("a", offering(1, {0, 1, 2}), 0ms, f.now);
  f.p.told("b", offering(1, {3, 4, 5}, 1), 0ms, f.now);
  // By another gateway, at the free slots.
  f.p.accepted("other", "quick", 0, f.now);
  f.p.started("other", "a", f.now);
  // "b" runs one that this gateway does not know of: it has one free, or two if that one has ended.
  CHECK(f.place_many(2) == shares{{'b', 2}});
  CHECK(f.p.choose("quick", f.now).why == reason::least_wait);
  f.p.over("other", f.now);
  CHECK(f.p.choose("quick", f.now).why == reason::free_slot);
  CHECK(f.p.choose("quick", f.now).partition < 3);
}

TEST_CASE("a task whose start is on its way is not counted twice") {
  fixture f;
  f.p.accepted("t", "quick", 0, f.now);
  f.p.told("a", offering(3, {0, 1, 2, 3, 4, 5}, 1), 0ms, f.now);  // it runs there
  for (int i = 0; i < 3; ++i) CHECK(f.place().why == reason::free_slot);
  CHECK(f.place().why == reason::least_wait);
  f.p.started("t", "a", f.now);
  CHECK(f.p.choose("quick", f.now).why == reason::least_wait);
}

TEST_CASE("a kind has no more slots than the processor says, and leaves the others theirs") {
  fixture f;
  auto o = offering(4, {0, 1, 2, 3, 4, 5});
  o.kinds["slow"] = {1, 0};
  f.p.told("a", o, 0ms, f.now);
  CHECK(f.place("slow").why == reason::free_slot);
  CHECK(f.place("slow").why == reason::least_wait);
  CHECK(f.place("slow").why == reason::least_wait);
  // Only one of the three takes a slot.
  for (int i = 0; i < 3; ++i) CHECK(f.place("quick").why == reason::free_slot);
  CHECK(f.place("quick").why == reason::least_wait);
}

TEST_CASE("slots of a kind that others have taken are free for it when those have ended") {
  fixture f;
  task::offer o;
  o.slots = {1, 3};
  o.kinds = {{"quick", {1, 0, 3}}, {"slow", {0, 3, 3}}};
  o.partitions["request"] = {0, 1, 2};
  for (const auto* id : {"s1", "s2", "s3"}) {
    f.p.accepted(id, "slow", 0, f.now);
    f.p.started(id, "a", f.now);
  }
  f.p.told("a", o, 0ms, f.now);
  CHECK(f.place().why == reason::free_slot);
  CHECK(f.place().why != reason::free_slot);
  f.p.over("s1", f.now);
  f.p.over("s2", f.now);
  CHECK(f.place().why == reason::free_slot);
}

TEST_CASE("a task goes to no processor that drains or does not know its kind") {
  fixture f;
  f.p.told("a", offering(4, {0, 1, 2}), 0ms, f.now);
  auto drains = offering(9, {3, 4, 5});
  drains.draining = true;
  f.p.told("b", drains, 0ms, f.now);
  CHECK(f.place_many(30) == shares{{'a', 30}});
  auto lacks = offering(9, {3, 4, 5});
  lacks.kinds.erase("quick");
  f.p.told("b", lacks, 0ms, f.now);
  CHECK(f.place_many(30) == shares{{'a', 30}});
  CHECK(f.place("slow").partition >= 3);
  // Nobody knows this one.
  CHECK(f.p.choose("strange", f.now).why == reason::unknown);
}

TEST_CASE("where no slot is free, the wait counts: the tasks before it, and how often a slot comes free") {
  fixture f;
  f.p.told("a", offering(1, {0, 1, 2}), 0ms, f.now);
  f.p.told("b", offering(1, {3, 4, 5}), 0ms, f.now);
  CHECK(f.place_many(20) == shares{{'a', 10}, {'b', 10}});
  // A slot comes free at "a" each second, at "b" none.
  for (int i = 1; i <= 20; ++i) {
    f.p.started("t" + std::to_string(i), i % 2 == 0 ? "a" : "b", f.now);
    f.now += 1s;
    if (i % 2 == 0) f.p.over("t" + std::to_string(i), f.now);
  }
  f.p.told("a", offering(0, {0, 1, 2}, 1), 0ms, f.now);
  f.p.told("b", offering(0, {3, 4, 5}, 10), 0ms, f.now);
  f.now += 5s;
  f.p.accepted("x", "quick", 0, f.now);
  f.p.started("x", "a", f.now);
  CHECK(f.place_many(2) == shares{{'a', 2}});
}

TEST_CASE("tasks that come together share a partition, later ones go to the one with the fewest open tasks") {
  fixture f;
  f.p.told("a", offering(100, {0, 1, 2, 3, 4, 5}), 0ms, f.now);
  const auto first = f.place().partition;
  for (int i = 0; i < 10; ++i) CHECK(f.place().partition == first);
  std::set<std::int32_t> later;
  for (int i = 0; i < 5; ++i) {
    f.now += placement::batch_lasts;
    later.insert(f.place().partition);
  }
  CHECK(later.size() == 5);
  CHECK_FALSE(later.contains(first));
}

TEST_CASE("without knowledge each partition in turn, those with the fewest open tasks first") {
  fixture f;
  f.p.accepted("there", "quick", 4, f.now);
  std::map<std::int32_t, int> shares;
  for (int i = 0; i < 11; ++i) {
    const auto c = f.place();
    CHECK(c.why == reason::unknown);
    ++shares[c.partition];
  }
  CHECK(shares == std::map<std::int32_t, int>{{0, 2}, {1, 2}, {2, 2}, {3, 2}, {4, 1}, {5, 2}});
}

TEST_CASE("what a processor said holds for three intervals, and no longer") {
  fixture f;
  f.p.told("a", offering(4, {0, 1, 2}), 1000ms, f.now);
  CHECK(f.p.offer_holds() == 6000ms);
  CHECK(f.p.choose("quick", f.now + 5s).why == reason::free_slot);
  CHECK(f.p.choose("quick", f.now + 5s + 1ms).why == reason::unknown);
  f.p.told("a", offering(4, {0, 1, 2}), 6000ms, f.now);
  CHECK(f.p.choose("quick", f.now).why == reason::unknown);
}

TEST_CASE("of two that name a partition, the one that spoke last has it") {
  fixture f;
  f.p.told("a", offering(4, {0, 1, 2, 3, 4, 5}), 1000ms, f.now);
  f.p.told("b", offering(9, {3, 4, 5}), 500ms, f.now);
  CHECK(f.p.choose("quick", f.now).partition >= 3);
  f.p.told("b", offering(2, {3, 4, 5}), 900ms, f.now);  // read late: what it says is old
  CHECK(f.p.choose("quick", f.now).partition >= 3);
  f.p.told("a", offering(9, {0, 1, 2, 3, 4, 5}), 0ms, f.now);
  for (int i = 0; i < 9; ++i) CHECK(f.place().why == reason::free_slot);
  CHECK(f.place().why == reason::least_wait);
}

TEST_CASE("a task that never got its request takes no slot for long") {
  fixture f;
  f.p.told("a", offering(1, {0, 1, 2, 3, 4, 5}), 0ms, f.now);
  f.place();
  f.now += 3s;
  f.p.told("a", offering(1, {0, 1, 2, 3, 4, 5}), 0ms, f.now);
  CHECK(f.p.choose("quick", f.now).why == reason::free_slot);
}

TEST_CASE("a kind with a topic of its own goes by that topic's partitions") {
  fixture f;
  auto o = offering(4, {0, 1, 2});
  o.kinds["own"] = {4, 0};
  o.partitions["request.own"] = {5, 77, -1};
  f.p.told("a", o, 0ms, f.now);
  CHECK(f.p.choose("own", f.now).partition == 5);
  CHECK(f.p.choose("quick", f.now).partition < 3);
}

TEST_CASE("no more processors are remembered than there is room for, and silent ones make room") {
  fixture f;
  for (std::size_t i = 0; i < placement::max_processors; ++i) {
    f.p.told("p" + std::to_string(i), offering(1, {0}), 0ms, f.now);
  }
  f.p.told("late", offering(5, {3}), 0ms, f.now);
  CHECK(f.p.choose("quick", f.now).partition == 0);
  f.now += 7s;
  f.p.told("late", offering(5, {3}), 0ms, f.now);
  CHECK(f.p.choose("quick", f.now).partition == 3);
}

namespace {

// Times by the log.
constexpr base::sys_time log_start{10h};

struct queue_fixture : fixture {
  void accept(const std::string& id, std::int32_t partition = 0, std::string_view kind = "quick") {
    p.accepted(id, kind, partition, now);
  }
  void start(const std::string& id, std::string_view source) { p.started(id, source, now, log_now()); }
  void end(const std::string& id) { p.over(id, now, log_now()); }
  base::sys_time log_now() const {
    return log_start + std::chrono::floor<base::microseconds>(now - base::steady_time{1h});
  }
  // "id ahead free/all in N s", those that are told something new, in order of their ids.
  std::string told() {
    std::map<std::string, std::string> lines;
    for (const auto& [id, place] : p.places_in_queue(now, log_now())) {
      auto line = id + " " + std::to_string(place.ahead);
      line += place.slots ? " " + std::to_string(place.slots->free) + "/" + std::to_string(place.slots->all) : " ?";
      const auto wait = [&] { return std::chrono::duration_cast<std::chrono::seconds>(*place.expected - log_now()); };
      line += place.expected ? " in " + std::to_string(wait().count()) : " ?";
      lines[id] = line;
    }
    std::string all;
    for (const auto& [id, line] : lines) all += (all.empty() ? "" : "; ") + line;
    return all;
  }
};

}  // namespace

TEST_CASE("a task that has waited a second is told its place, and again only when that has changed") {
  queue_fixture f;
  f.p.told("a", offering(0, {0, 1, 2, 3, 4, 5}, 1), 0ms, f.now);
  f.accept("x");
  f.start("x", "a");
  f.now += 10ms;
  f.accept("y", 0);
  f.now += 10ms;
  f.accept("z", 3);
  CHECK(f.told() == "");
  f.now += 1s;
  CHECK(f.told() == "y 0 0/1 ?; z 1 0/1 ?");
  f.now += 1s;
  CHECK(f.told() == "");
  f.end("x");
  f.start("y", "a");
  CHECK(f.told() == "z 0 0/1 in 2");
  f.end("z");
  f.now += 1s;
  CHECK(f.told() == "");
}

TEST_CASE("when a task may begin is told from what the last of its kind took, and told anew when that moves") {
  queue_fixture f;
  f.p.told("a", offering(0, {0, 1, 2, 3, 4, 5}, 2), 0ms, f.now);
  f.accept("past");
  f.start("past", "a");
  f.now += 60s;
  f.end("past");
  f.accept("x");
  f.start("x", "a");
  f.now += 20s;
  f.accept("y");
  f.start("y", "a");
  for (const auto* id : {"p", "q", "r"}) {
    f.now += 1ms;
    f.accept(id);
  }
  f.now += 9997ms;
  f.p.told("a", offering(0, {0, 1, 2, 3, 4, 5}, 2), 0ms, f.now);
  // x has 30 s left and y 50.
  CHECK(f.told() == "p 0 0/2 in 30; q 1 0/2 in 50; r 2 0/2 in 90");
  f.now += 5s;
  CHECK(f.told() == "");
  f.end("x");  // It took 35 s.
  CHECK(f.told() == "p 0 1/2 in 0; q 1 1/2 in 40; r 2 1/2 in 95");
}

TEST_CASE("a kind has slots where others have taken all for now") {
  queue_fixture f;
  task::offer o;
  o.slots = {0, 2};
  o.kinds = {{"quick", {0, 0, 1}}, {"slow", {0, 2, 2}}};
  o.partitions["request"] = {0, 1, 2, 3, 4, 5};
  f.accept("s1", 0, "slow");
  f.start("s1", "a");
  f.accept("s2", 0, "slow");
  f.start("s2", "a");
  f.p.told("a", o, 0ms, f.now);
  f.accept("q");
  f.now += 1s;
  CHECK(f.told() == "q 0 0/1 ?");
}

TEST_CASE("of tasks that no processor that speaks of itself will take, only those before them are told") {
  queue_fixture f;
  f.accept("w", 4);
  f.accept("x", 4);
  f.accept("y", 5);
  f.accept("s", 4, "slow");
  f.now += 1s;
  CHECK(f.told() == "s 0 ? ?; w 0 ? ?; x 1 ? ?; y 0 ? ?");
  // A processor that does not know the kind reads them, and another one that does has slots.
  auto lacks = offering(3, {3, 4, 5});
  lacks.kinds.erase("quick");
  f.p.told("a", lacks, 0ms, f.now);
  f.p.told("b", offering(2, {0, 1, 2}), 0ms, f.now);
  CHECK(f.told() == "s 0 5/5 ?; w 0 2/2 ?; x 1 2/2 ?; y 2 2/2 ?");
}
