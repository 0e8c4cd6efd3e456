#include "processor/decisions/liveness.hpp"

#include <doctest/doctest.h>

using streamdemo::base::milliseconds;
using streamdemo::base::sys_time;
using streamdemo::processor::liveness;

namespace {

constexpr milliseconds interval{2000};

sys_time at(std::int64_t ms) {
  return sys_time(milliseconds(1'000'000 + ms));
}

// Own signs of life at 0, 2000, … : `n` regular gaps.
void beats(liveness& l, int n, std::int64_t from = 0) {
  for (int i = 0; i <= n; ++i) l.own_alive(at(from + i * 2000));
}

}  // namespace

TEST_CASE("an instance is silent once four regular own signs of life stand behind its last record") {
  liveness l(interval);
  l.own_alive(at(0));
  l.heard("other");
  for (int i = 1; i <= 3; ++i) l.own_alive(at(i * 2000));
  CHECK_FALSE(l.silent("other"));
  l.own_alive(at(8000));
  CHECK(l.silent("other"));
}

TEST_CASE("a record of the instance makes it heard again") {
  liveness l(interval);
  l.heard("other");
  beats(l, 4);
  REQUIRE(l.silent("other"));
  l.heard("other");
  CHECK_FALSE(l.silent("other"));
}

TEST_CASE("own signs of life bunched together judge nobody") {
  liveness l(interval);
  l.heard("other");
  for (int i = 0; i < 20; ++i) l.own_alive(at(i * 10));
  CHECK_FALSE(l.silent("other"));
}

TEST_CASE("a gap in the own signs of life begins the count anew for everybody") {
  liveness l(interval);
  l.heard("other");
  beats(l, 3);
  l.own_alive(at(60'000));
  CHECK_FALSE(l.silent("other"));
  for (int i = 1; i <= 3; ++i) l.own_alive(at(60'000 + i * 2000));
  CHECK_FALSE(l.silent("other"));
  l.own_alive(at(68'000));
  CHECK(l.silent("other"));
}

TEST_CASE("half and one and a half intervals are still regular, what is beyond is not") {
  for (const auto& [gap, regular] : {std::pair{1000, true}, {3000, true}, {999, false}, {3001, false}}) {
    liveness l(interval);
    l.heard("other");
    for (int i = 0; i <= 4; ++i) l.own_alive(at(i * gap));
    CHECK(l.silent("other") == regular);
  }
}

TEST_CASE("instances of long ago are forgotten and answer as before") {
  liveness l(interval);
  for (int i = 0; i < 64; ++i) l.heard("old/" + std::to_string(i));
  beats(l, 5);
  for (int i = 0; i < 64; ++i) l.heard("new/" + std::to_string(i));
  CHECK(l.size() == 64);
  CHECK(l.silent("old/1"));
  CHECK_FALSE(l.silent("new/1"));
}
