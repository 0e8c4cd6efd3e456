#include "bus/rotation.hpp"

#include <doctest/doctest.h>

#include <map>
#include <vector>

using streamdemo::bus::rotation;

TEST_CASE("each visit sees all, and begins one further than the one before") {
  std::vector<int> all{0, 1, 2};
  rotation turn;
  std::vector<std::vector<int>> seen;
  for (int i = 0; i < 4; ++i) {
    auto& now = seen.emplace_back();
    turn.visit(all, [&](int n) {
      now.push_back(n);
      return true;
    });
  }
  CHECK(seen == std::vector<std::vector<int>>{{1, 2, 0}, {2, 0, 1}, {0, 1, 2}, {1, 2, 0}});
}

TEST_CASE("a visit that has enough ends, and everybody is the first one in time") {
  std::map<char, int> visits{{'a', 0}, {'b', 0}, {'c', 0}};
  rotation turn;
  for (int i = 0; i < 9; ++i) {
    turn.visit(visits, [](auto& one) {
      ++one.second;
      return false;
    });
  }
  for (const auto& [name, times] : visits) CHECK(times == 3);
  std::vector<int> none;
  turn.visit(none, [](int) { return true; });
}
