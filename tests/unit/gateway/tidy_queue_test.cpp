#include "gateway/history/tidy_queue.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <random>

using namespace streamdemo;
using gateway::tidy_queue;

TEST_CASE("what nobody pops and what is stale goes, so that there are never many more entries than good ones") {
  tidy_queue<int> q;
  std::size_t looks = 0;
  constexpr int good = 5000;
  const int all = 1'000'000;
  for (int i = 0; i < all; ++i) {
    // Of what is pushed, one in a hundred stays good, and the others are good for a while.
    q.push(i, [&](int e) {
      ++looks;
      return e % 100 != 0 && e < i - good;
    });
    REQUIRE(q.size() <= 2 * static_cast<std::size_t>(good + i / 100) + 1000);
  }
  CHECK(looks <= 5 * static_cast<std::size_t>(all));
}

TEST_CASE("no push looks at more than a few entries, however many are stale at once") {
  tidy_queue<int> q;
  for (int i = 0; i < 100'000; ++i) q.push(i, [](int) { return false; });
  for (int i = 0; i < 100'000; ++i) {
    std::size_t looks = 0;
    q.push(i, [&](int) {
      ++looks;
      return true;
    });
    REQUIRE(looks <= 256);
  }
  CHECK(q.size() <= 256);
}

TEST_CASE("without pushes it is tidied by and by, too") {
  tidy_queue<int> q;
  for (int i = 0; i < 10'000; ++i) q.push(i, [](int) { return false; });
  for (int i = 0; i < 100; ++i) q.tidy([](int e) { return e != 7777; });
  REQUIRE(q.size() == 1);
  CHECK(q.front() == 7777);
  CHECK(q.back() == 7777);
  q.tidy([](int) { return true; });
  CHECK(q.empty());
  q.tidy([](int) { return true; });
  q.push(1, [](int) { return false; });
  CHECK(q.front() == 1);
}

TEST_CASE("good entries keep their order, whatever is pushed, popped and tidied in between") {
  std::minstd_rand random(7);
  for (int round = 0; round < 20; ++round) {
    tidy_queue<int> q;
    std::deque<int> wanted;  // those that are good
    const auto stale = [](int e) { return e % 3 == 0; };
    for (int i = 1; i < 20'000; ++i) {
      const auto what = random() % 10;
      if (what < 6) {
        q.push(i, stale);
        if (!stale(i)) wanted.push_back(i);
      } else if (what < 9) {
        while (!q.empty() && stale(q.front())) q.pop_front();
        CHECK(q.empty() == wanted.empty());
        if (q.empty()) continue;
        REQUIRE(q.front() == wanted.front());
        q.pop_front();
        wanted.pop_front();
      } else {
        q.tidy(stale);
      }
    }
  }
}
