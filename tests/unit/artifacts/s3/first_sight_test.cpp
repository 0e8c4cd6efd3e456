#include "artifacts/s3/first_sight.hpp"

#include <doctest/doctest.h>

#include <vector>

using streamdemo::artifacts::s3::first_sight;

namespace {

constexpr std::size_t plenty = 100;

// Since when each is there, by a listing that was asked for at `began` and is complete `now`.
std::vector<int> listed(first_sight<int>& seen, const std::vector<std::string>& names, int began, int now) {
  std::vector<int> since;
  seen.begin(began);
  for (const auto& n : names) since.push_back(seen.date(n, now));
  seen.end();
  return since;
}

using times = std::vector<int>;

}  // namespace

TEST_CASE("a name is there since it was first seen, or added here") {
  first_sight<int> seen(plenty);
  seen.add("ours", 5);
  CHECK(listed(seen, {"ours", "theirs"}, 10, 11) == times{5, 11});
  CHECK(listed(seen, {"ours", "theirs", "ours"}, 20, 21) == times{5, 11, 5});
}

TEST_CASE("what was added while a listing was under way is remembered, what has gone is not") {
  first_sight<int> seen(plenty);
  seen.add("gone", 5);
  seen.add("new", 10);
  CHECK(listed(seen, {}, 10, 12) == times{});
  CHECK(listed(seen, {"new", "gone"}, 20, 21) == times{10, 21});
  // It may be added after the listing has had it.
  seen.begin(30);
  CHECK(seen.date("late", 31) == 31);
  seen.add("late", 32);
  seen.end();
  CHECK(listed(seen, {"late"}, 40, 41) == times{31});
}

TEST_CASE("a listing that broke off makes nothing forgotten") {
  first_sight<int> seen(plenty);
  CHECK(listed(seen, {"a", "b"}, 10, 11) == times{11, 11});
  seen.begin(20);
  CHECK(seen.date("b", 21) == 11);
  CHECK(seen.date("c", 21) == 21);
  CHECK(listed(seen, {"a", "b", "c"}, 30, 31) == times{11, 11, 21});
}

TEST_CASE("beyond the bound new names wait for room, and those that are remembered stay") {
  first_sight<int> seen(2);
  CHECK(listed(seen, {"b", "c"}, 10, 11) == times{11, 11});
  // Names that come before them in the listing do not push them out.
  CHECK(listed(seen, {"a", "b", "c"}, 20, 21) == times{21, 11, 11});
  CHECK(listed(seen, {"a", "b"}, 30, 31) == times{31, 11});
  // There was room for it only when "c" was known to be gone.
  CHECK(listed(seen, {"a", "b"}, 40, 41) == times{41, 11});
  CHECK(listed(seen, {"a", "b", "d"}, 50, 51) == times{41, 11, 51});
  seen.add("e", 52);
  CHECK(listed(seen, {"e"}, 60, 61) == times{61});
}
