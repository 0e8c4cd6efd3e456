#include "gateway/access/snapshot.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

using streamdemo::gateway::snapshot;

TEST_CASE("who asks gets the latest value, on every thread, and one in another's place is another") {
  std::optional<snapshot<int>> s;
  s.emplace(std::make_shared<const int>(1));
  CHECK(*s->get() == 1);
  const auto held = s->get();
  s->set(std::make_shared<const int>(2));
  CHECK(*s->get() == 2);
  CHECK(*held == 1);
  int elsewhere = 0;
  std::thread([&] { elsewhere = *s->get(); }).join();
  CHECK(elsewhere == 2);
  s.emplace(std::make_shared<const int>(3));
  CHECK(*s->get() == 3);
}

TEST_CASE("while it is replaced, readers see values that never go back") {
  snapshot<int> s(std::make_shared<const int>(0));
  std::atomic<bool> in_order{true};
  std::vector<std::thread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      for (int last = 0; last < 10'000;) {
        const int now = *s.get();
        if (now < last) in_order = false;
        last = now;
      }
    });
  }
  for (int i = 1; i <= 10'000; ++i) s.set(std::make_shared<const int>(i));
  for (auto& r : readers) r.join();
  CHECK(in_order);
}
