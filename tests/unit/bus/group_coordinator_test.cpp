#include "bus/inprocess/group_coordinator.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace streamdemo::bus;
using namespace streamdemo::bus::inprocess;

namespace {

// What everybody owns, as told by the answers alone.
struct ledger {
  std::map<partition_id, member_id> owner;

  std::size_t apply(const std::vector<handover>& changes) {
    for (const auto& c : changes) {
      const auto it = owner.find(c.partition);
      REQUIRE(c.from == (it == owner.end() ? std::nullopt : std::optional(it->second)));
      REQUIRE(c.from != c.to);
      if (c.to) {
        owner[c.partition] = *c.to;
      } else {
        owner.erase(c.partition);
      }
    }
    return changes.size();
  }
  std::size_t share(member_id m) const {
    return std::size_t(std::count_if(owner.begin(), owner.end(), [m](const auto& o) { return o.second == m; }));
  }
};

}  // namespace

TEST_CASE("the first member gets everything, also partitions that appear later") {
  group_coordinator g;
  ledger l;
  l.apply(g.add_partitions("t", 3));
  CHECK(l.apply(g.join(1, {"t", "later"})) == 3);
  CHECK(l.apply(g.add_partitions("later", 2)) == 2);
  CHECK(l.apply(g.add_partitions("later", 2)) == 0);
  CHECK(l.share(1) == 5);
}

TEST_CASE("a join moves only the newcomer's share and a leave only the leaver's") {
  group_coordinator g;
  ledger l;
  g.add_partitions("t", 6);
  l.apply(g.join(1, {"t"}));
  CHECK(l.apply(g.join(2, {"t"})) == 3);
  CHECK(l.apply(g.join(3, {"t"})) == 2);
  CHECK(l.share(1) == 2);
  CHECK(l.share(2) == 2);
  const auto kept = l.owner;
  CHECK(l.apply(g.leave(3)) == 2);
  for (const auto& [p, m] : kept) {
    if (m != 3) CHECK(l.owner.at(p) == m);
  }
}

TEST_CASE("more members than partitions: some own nothing, and step in when another leaves") {
  group_coordinator g;
  ledger l;
  g.add_partitions("t", 1);
  l.apply(g.join(1, {"t"}));
  CHECK(l.apply(g.join(2, {"t"})) == 0);
  CHECK(l.apply(g.leave(1)) == 1);
  CHECK(l.share(2) == 1);
  l.apply(g.leave(2));
  CHECK(l.owner.empty());
}

TEST_CASE("a member owns partitions of its own topics only") {
  group_coordinator g;
  ledger l;
  g.add_partitions("a", 4);
  g.add_partitions("b", 2);
  l.apply(g.join(1, {"a"}));
  CHECK(l.share(1) == 4);
  l.apply(g.join(2, {"a", "b"}));
  CHECK(l.share(1) == 3);
  CHECK(l.share(2) == 3);
  for (const auto& [p, m] : l.owner) {
    if (p.topic == "b") CHECK(m == 2);
  }
}

TEST_CASE("a retired member keeps what it owns and gets nothing more") {
  group_coordinator g;
  ledger l;
  g.add_partitions("t", 4);
  l.apply(g.join(1, {"t"}));
  l.apply(g.join(2, {"t"}));
  g.retire(1);
  CHECK(l.apply(g.join(3, {"t"})) == 1);
  CHECK(l.share(1) == 2);
  l.apply(g.leave(2));
  CHECK(l.share(1) == 2);
  CHECK(l.share(3) == 2);
  l.apply(g.leave(1));
  CHECK(l.share(3) == 4);
}

TEST_CASE("whoever comes and goes, shares stay even and no more than needed moves") {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    group_coordinator g;
    ledger l;
    const auto partitions = 1 + random() % 12;
    l.apply(g.add_partitions("t", std::int32_t(partitions)));
    std::set<member_id> members;
    member_id next = 1;
    for (int step = 0; step < 40; ++step) {
      const bool joins = members.empty() || random() % 2;
      const auto who = joins ? next++ : *std::next(members.begin(), std::ptrdiff_t(random() % members.size()));
      const auto leaving = l.share(who);
      const auto moved = l.apply(joins ? g.join(who, {"t"}) : g.leave(who));
      if (joins) {
        members.insert(who);
      } else {
        members.erase(who);
      }
      REQUIRE(moved == (joins ? l.share(who) : leaving));
      REQUIRE(l.owner.size() == (members.empty() ? 0 : partitions));
      for (const auto m : members) {
        REQUIRE(l.share(m) >= partitions / members.size());
        REQUIRE(l.share(m) <= (partitions + members.size() - 1) / members.size());
      }
    }
  }
}
