#include "gateway/history/rested_history.hpp"

#include <doctest/doctest.h>

#include <random>
#include <set>

#include "gateway/history/slabs.hpp"
#include "gateway/history/time_order.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace std::chrono_literals;

TEST_CASE("a name is kept once, for as long as somebody holds it") {
  shared_names names;
  const auto a = names.hold("a"), b = names.hold("b");
  CHECK(a != b);
  CHECK(names.hold("a") == a);
  CHECK(names.text(b) == "b");
  names.let_go(a);
  CHECK(names.size() == 2);
  names.let_go(a);
  CHECK(names.size() == 1);
  CHECK(names.hold("c") == a);
  CHECK(names.text(a) == "c");
  CHECK(names.hold("b") == b);
}

TEST_CASE("things keep their numbers, and a slab without any is given back") {
  slabs<std::pair<std::string, int>> all;
  constexpr auto n = 3 * decltype(all)::per_slab;
  std::vector<std::uint32_t> numbers;
  for (std::size_t i = 0; i < n; ++i) numbers.push_back(all.add({std::to_string(i), 0}));
  CHECK(std::set(numbers.begin(), numbers.end()).size() == n);
  for (std::size_t i = 0; i < n; ++i) CHECK(all[numbers[i]].first == std::to_string(i));
  for (std::size_t i = 0; i < n; i += 2) all.remove(numbers[i]);
  for (std::size_t i = 0; i < decltype(all)::per_slab; ++i) {
    if (i % 2 != 0) all.remove(numbers[i]);
  }
  std::set<std::string> left;
  all.for_each([&](auto number, const auto& thing) {
    CHECK(all[number].first == thing.first);
    left.insert(thing.first);
  });
  CHECK(left.size() == all.size());
  CHECK(left.size() == decltype(all)::per_slab);
  CHECK(all.add({"new", 0}) < decltype(all)::per_slab);  // the lowest are used first
}

TEST_CASE("an order of times has what was inserted and not erased, however it came") {
  std::mt19937 random(1);
  for (const int spread : {3, 1000, 1'000'000}) {
    time_order order;
    std::set<time_order::entry> has;
    for (int i = 0; i < 6000; ++i) {
      // Mostly in order, as a log comes.
      const time_order::entry e{base::sys_time(base::microseconds(i + static_cast<int>(random() % 1000) % spread)),
                                static_cast<std::uint32_t>(random() % 100)};
      if (has.insert(e).second) order.insert(e);
      if (i % 3 != 0 && i > 3000) {
        const auto gone = i % 2 == 0 ? has.begin() : std::next(has.begin(), static_cast<int>(random() % 5));
        order.erase(*gone);
        has.erase(gone);
      }
      order.erase({e.at, 1000});  // is not in it
      REQUIRE(order.front() == *has.begin());
    }
    std::vector<time_order::entry> backwards;
    for (time_order::backwards b(order); !b.done(); b.next()) backwards.push_back(b.now());
    CHECK(std::equal(backwards.begin(), backwards.end(), has.rbegin(), has.rend()));
    for (const auto& e : has) order.erase(e);
    CHECK(order.empty());
    CHECK(time_order::backwards(order).done());
  }
}

TEST_CASE("a history at rest gives back all that was known of it") {
  shared_names names;
  for (const std::string id : {"0f8fad5b-d9cb-469f-a165-70867728950e", "order 4711", ""}) {
    for (const std::string& hash : {std::string(64, 'c'), std::string(64, 'C'), std::string()}) {
      task_view v;
      v.request_id = id;
      v.payload_hash = hash;
      v.kind = "simulate";
      v.accepted_by = "gateway/1";
      v.owner = "me";
      v.status = task::status::canceled;
      v.accepted_at = base::sys_time(1s);
      v.expiry = base::sys_time(2s);
      v.ended_at = base::sys_time(3s);
      v.last_seq = 4'000'000'000;
      v.results_begin = 6;
      v.results = 7;
      v.result_bytes = 8'000'000'000;
      v.fraction = 0.1;
      const auto r = rested_history::of(v, {.disk_from = 5, .disk_bytes = 9'000'000'000, .epoch = 10}, names);
      REQUIRE(r);
      CHECK(r->has_id(id, names));
      CHECK_FALSE(r->has_id("0f8fad5b-d9cb-469f-a165-70867728950f", names));
      CHECK(r->request_id(names) == id);
      CHECK(r->owner(names) == "me");
      task_view back;
      r->view(back, names);
      CHECK(back.request_id == id);
      CHECK(back.payload_hash == hash);
      CHECK(back.kind == v.kind);
      CHECK(back.accepted_by == v.accepted_by);
      CHECK(back.owner == v.owner);
      CHECK(back.status == v.status);
      CHECK(back.accepted_at == v.accepted_at);
      CHECK(back.expiry == v.expiry);
      CHECK(back.ended_at == v.ended_at);
      CHECK(back.last_seq == v.last_seq);
      CHECK(back.first_kept == 5);
      CHECK(back.results_begin == v.results_begin);
      CHECK(back.results == v.results);
      CHECK(back.result_bytes == v.result_bytes);
      CHECK(back.fraction == v.fraction);
      CHECK(r->where().disk_bytes == 9'000'000'000);
      CHECK(r->where().disk_from == 5);
      CHECK(r->epoch() == 10);
      r->let_go(names);
      CHECK(names.size() == 0);
    }
  }
  task_view large;
  large.last_seq = 5'000'000'000;
  CHECK_FALSE(rested_history::of(large, {}, names));
  CHECK(names.size() == 0);
}
