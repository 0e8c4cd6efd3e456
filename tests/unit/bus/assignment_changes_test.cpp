#include "bus/assignment_changes.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::bus;

namespace {

const partition_id p0{"request", 0}, p1{"request", 1}, p2{"request", 2};

std::vector<shared_item> all_of(assignment_changes& c) {
  std::vector<shared_item> out;
  CHECK(c.take(100, out));
  return out;
}

}  // namespace

TEST_CASE("changes are seen in the order in which they came") {
  assignment_changes c;
  c.gain({p0, p1});
  auto seen = all_of(c);
  REQUIRE(seen.size() == 1);
  CHECK(std::get<assigned>(seen[0]).partitions == std::vector{p0, p1});
  c.lose({p0});
  c.gain({p2});
  seen = all_of(c);
  REQUIRE(seen.size() == 2);
  CHECK(std::get<revoked>(seen[0]).partitions == std::vector{p0});
  CHECK(std::get<assigned>(seen[1]).partitions == std::vector{p2});
}

TEST_CASE("an assignment that ends before it was seen is never seen, and neither is its end") {
  assignment_changes c;
  c.gain({p0, p1});
  c.lose({p1});
  auto seen = all_of(c);
  REQUIRE(seen.size() == 1);
  CHECK(std::get<assigned>(seen[0]).partitions == std::vector{p0});
  c.gain({p1});
  c.lose({p0, p1});
  seen = all_of(c);
  REQUIRE(seen.size() == 1);
  CHECK(std::get<revoked>(seen[0]).partitions == std::vector{p0});
}

TEST_CASE("however often a partition comes and goes, two changes of it wait at most") {
  assignment_changes c;
  c.gain({p0});
  CHECK(all_of(c).size() == 1);
  for (int i = 0; i < 100; ++i) {
    c.lose({p0});
    c.gain({p0});
  }
  CHECK(all_of(c).size() == 2);
}

TEST_CASE("no record may follow while a change has found no room") {
  assignment_changes c;
  c.gain({p0});
  c.lose({p1});
  std::vector<shared_item> out;
  CHECK_FALSE(c.take(1, out));
  CHECK(out.size() == 1);
  CHECK(c.take(2, out));
  CHECK(out.size() == 2);
}
