#include "gateway/history/history_index.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <thread>

#include "gateway/history/disk_reads.hpp"
#include "gateway/history/store/event_store.hpp"
#include "unit/gateway/newest.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;

namespace {

bool any(const task_view&) {
  return true;
}

std::shared_ptr<kept_history> make(const std::string& id) {
  task_view first;
  first.request_id = id;
  first.kind = "simulate";
  first.last_seq = 1;
  return std::make_shared<kept_history>(std::move(first), nullptr);
}

}  // namespace

TEST_CASE("removed histories are remembered as such, the last so many of them") {
  history_index index(1 << 20, 2);
  const auto a = make("a"), b = make("b"), c = make("c"), d = make("d");
  for (const auto& h : {a, b, c, d}) index.insert(h);
  CHECK(index.size() == 4);
  for (const auto& h : {a, b, c}) index.remove(h);
  CHECK(index.size() == 1);
  CHECK(index.find("a") == nullptr);
  CHECK(index.find("b")->view().first_kept == 2);
  CHECK(index.find("c")->read(0, 10, 1000).kept_from == 2);
  CHECK(index.kept("c") == nullptr);
  CHECK(index.find("d") == d);
}

TEST_CASE("a history that comes back is found again, and one that has taken its place stays") {
  history_index index(1 << 20, 2);
  const auto a = make("a"), b = make("b"), c = make("c");
  index.insert(a);
  index.remove(a);
  index.insert(a);
  CHECK(index.find("a") == a);
  index.remove(a);
  index.insert(b);
  index.insert(c);
  index.remove(b);
  // "a" was removed twice: its first place in the order must not take the memory of the second with it.
  CHECK(index.find("a") != nullptr);
  index.insert(a);
  index.insert(a);
  history_index::walk all(index, std::nullopt);
  CHECK(testing::newest(all, 10, any).size() == 2);
}

TEST_CASE("removed histories take no more memory than they may") {
  constexpr std::size_t most = 8000;
  history_index index(most);
  for (int i = 0; i < 1000; ++i) {
    const auto h = make("task " + std::to_string(i));
    index.insert(h);
    index.remove(h);
    REQUIRE(index.removed_bytes() <= most);
  }
  CHECK(index.removed_bytes() > most / 2);
  CHECK(index.find("task 999"));
  CHECK_FALSE(index.find("task 0"));
  index.insert(make("task 999"));
  CHECK(index.removed_bytes() < most);
}

namespace {

history_index::kept_ptr make(const std::string& id, const std::string& owner, int at) {
  task_view first;
  first.request_id = id;
  first.owner = owner;
  first.accepted_at = base::sys_time(base::microseconds(at));
  return std::make_shared<kept_history>(std::move(first), nullptr);
}

// An index whose histories have all of their events in a store.
struct with_store {
  history_index::kept_ptr make(task_view v, const rested_history::place& p) const {
    auto h = std::make_shared<kept_history>(std::move(v), nullptr, reads);
    h->restore_on_disk(p.disk_from, p.disk_bytes);
    return h;
  }
  void insert(int i, int turn) {
    task_view v;
    v.request_id = id_of(i);
    v.kind = "simulate";
    v.owner = i % 2 == 0 ? "me" : "";
    v.status = task::status::succeeded;
    v.accepted_at = base::sys_time(base::microseconds(turn));
    v.last_seq = 3;
    const auto h = make(std::move(v), {.disk_from = 1, .disk_bytes = 100});
    index.insert(h);
    index.ended(h, h->peek().accepted_at);
  }
  static std::string id_of(int i) { return "0f8fad5b-d9cb-469f-a165-7086772895" + std::to_string(10 + i); }

  base::metrics metrics;
  base::io_threads loops{1, "test"};
  std::unique_ptr<event_store> store = make_memory_store();
  std::shared_ptr<disk_reads> reads = std::make_shared<disk_reads>(*store, loops, 1 << 20, metrics);
  history_index index{1 << 20, history_index::most_removed, [this](task_view v, const rested_history::place& p) {
                        auto h = make(std::move(v), p);
                        h->rest(history_index::bytes_at_rest());
                        return h;
                      }};
};

}  // namespace

TEST_CASE("whoever looks through all looks at few at a time, and misses none that stays, whatever comes and goes") {
  std::minstd_rand random(5);
  for (int round = 0; round < 200; ++round) {
    history_index index(1 << 20);
    std::map<std::string, history_index::kept_ptr> there, ever;
    int made = 0;
    const auto add = [&] {
      const auto id = "task " + std::to_string(made);
      // Some at the same time, and a few owners, of whom some have few tasks.
      there[id] = ever[id] = make(id, "owner " + std::to_string(random() % (1 + random() % 5)), made / 3);
      index.insert(there[id]);
      ++made;
    };
    for (int i = 0; i < 400; ++i) add();
    const auto before = there;
    const auto owner = round % 2 == 0 ? std::optional<std::string_view>() : "owner 0";
    history_index::walk walk(index, owner);
    std::vector<history_ptr> found;
    int looked = 0;
    const auto wanted = [&](const task_view&) { return ++looked % 2 == 0; };
    std::vector<std::string> seen;
    const auto all = [&](const task_view& v) { return seen.push_back(v.request_id), wanted(v); };
    const std::size_t most = 1 + random() % 7;
    for (auto looked_before = looked; walk.next(most, 1000, all, found); looked_before = looked) {
      REQUIRE(looked - looked_before <= static_cast<int>(most));
      for (auto n = random() % 4; n > 0; --n) {
        if (random() % 2 == 0) add();
        const auto gone = std::next(there.begin(), static_cast<std::ptrdiff_t>(random() % there.size()));
        index.remove(gone->second);
        there.erase(gone);
      }
    }
    CHECK(found.size() == seen.size() / 2);
    for (std::size_t i = 1; i < seen.size(); ++i) {
      REQUIRE(ever.at(seen[i])->peek().accepted_at <= ever.at(seen[i - 1])->peek().accepted_at);
    }
    const std::set<std::string> once(seen.begin(), seen.end());
    CHECK(once.size() == seen.size());
    for (const auto& [id, h] : before) {
      const bool theirs = !owner || h->peek().owner == *owner;
      if (!theirs) CHECK(!once.contains(id));
      if (theirs && there.contains(id)) CHECK(once.contains(id));
    }
  }
}

TEST_CASE("histories that go to rest, wake up and are removed while others look for them are found as they are") {
  constexpr int n = 50;
  with_store w;
  for (int i = 0; i < n; ++i) w.insert(i, i);
  std::atomic<bool> over = false;
  std::atomic<int> wrong = 0;
  const auto look = [&](unsigned seed) {
    std::minstd_rand random(seed);
    while (!over) {
      const auto id = w.id_of(static_cast<int>(random() % n));
      const auto h = w.index.find(id);
      if (!h || h->identity().request_id != id || h->view().last_seq != 3) ++wrong;
      history_index::walk own(w.index, "me");
      for (const auto& r : testing::newest(own, 5, [](const task_view& v) { return v.owner == "me"; })) {
        if (r->identity().owner != "me") ++wrong;
      }
    }
  };
  std::thread one(look, 1), two(look, 2);
  std::minstd_rand random(3);
  std::size_t at_rest = 0;
  for (int turn = n; turn < 20'000; ++turn) {
    const auto i = static_cast<int>(random() % n);
    const auto h = w.index.kept(w.id_of(i));
    REQUIRE(h);
    if (random() % 4 == 0) {
      at_rest -= h->is_at_rest() ? 1 : 0;
      w.index.remove(h);
      REQUIRE(w.index.kept(w.id_of(i)) == nullptr);
      w.insert(i, turn);
    } else if (h->is_at_rest()) {
      CHECK(w.index.kept(w.id_of(i)) == h);
      h->wake_up();
      w.index.stay_awake(h);
      --at_rest;
    } else {
      h->rest(history_index::bytes_at_rest());
      REQUIRE(w.index.rest(h));
      ++at_rest;
    }
    REQUIRE(w.index.at_rest() == at_rest);
  }
  over = true;
  one.join();
  two.join();
  CHECK(wrong == 0);
  CHECK(w.index.size() == n);
  CHECK(w.index.awake().size() == n - at_rest);
  base::sys_time last{};
  for (int i = 0; i < n; ++i) {
    const auto h = w.index.first_ended();
    REQUIRE(h);
    CHECK(h->peek().kept_since >= last);
    last = h->peek().kept_since;
    w.index.remove(h);
  }
  CHECK_FALSE(w.index.first_ended());
  CHECK(w.index.at_rest() == 0);
  w.reads->close();
}
