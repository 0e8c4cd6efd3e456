#include "processor/decisions/slots.hpp"

#include <doctest/doctest.h>

#include <random>

using streamdemo::processor::slots;

TEST_CASE("no more runs at once than there are slots") {
  slots s(2, {});
  s.take("a", false);
  CHECK(s.free("a") == 1);
  s.take("b", false);
  CHECK(s.free("a") == 0);
  CHECK(s.free() == 0);
  s.give_back("a");
  CHECK(s.free("b") == 1);
  CHECK(s.free() == 1);
}

TEST_CASE("a kind takes no more than its own, and leaves the rest to others") {
  slots s(4, {{"video", 3}});
  for (int i = 0; i < 3; ++i) s.take("video", false);
  CHECK(s.free("video") == 0);
  CHECK(s.free() == 1);
  CHECK(s.free("other") == 1);
  CHECK(s.taken("video") == 3);
  CHECK(s.taken("other") == 0);
  s.take("other", false);
  s.give_back("video");
  CHECK(s.free("video") == 1);
  s.take("other", false);
  CHECK(s.free("video") == 0);  // two are running, but all slots are taken
}

TEST_CASE("what a kind may have is never more than all kinds together") {
  slots s(2, {{"many", 5}});
  CHECK(s.most("many") == 2);
  CHECK(s.most("other") == 2);
  CHECK(s.free("many") == 2);
}

TEST_CASE("a run that must be alone waits for the others, and the others for it") {
  slots s(4, {});
  s.take("a", false);
  CHECK_FALSE(s.all_free());
  s.give_back("a");
  REQUIRE(s.all_free());
  s.take("a", true);
  CHECK_FALSE(s.all_free());
  CHECK(s.free() == 0);
  CHECK(s.free("b") == 0);
  s.give_back("a");
  CHECK(s.all_free());
  CHECK(s.free("b") == 4);
}

TEST_CASE("at random: whatever begins where a slot is free, no bound is ever passed") {
  std::minstd_rand random(3);
  const slots::of_kinds most{{"a", 1}, {"b", 3}, {"c", 9}};
  slots s(5, most);
  slots::of_kinds running;
  for (int i = 0; i < 20'000; ++i) {
    const std::string kind(1, static_cast<char>('a' + random() % 3));
    if (random() % 2 == 0 && s.free(kind) > 0) {
      s.take(kind, false);
      ++running[kind];
    } else if (running[kind] > 0) {
      s.give_back(kind);
      --running[kind];
    }
    const auto all = running["a"] + running["b"] + running["c"];
    for (const auto& [k, n] : most) {
      CHECK(running[k] <= n);
      CHECK(s.free(k) == std::min(5 - all, std::min(n, 5U) - running[k]));
    }
    CHECK(all <= 5);
  }
}
