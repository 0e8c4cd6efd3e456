#include "gateway/access/upload_shares.hpp"

#include <doctest/doctest.h>

#include <optional>

using streamdemo::gateway::upload_shares;

TEST_CASE("an owner's uploads under way take at most its share, and another's are its own affair") {
  upload_shares all(100);
  upload_shares::share first(all, "alice");
  CHECK(first.grow(60));
  upload_shares::share second(all, "alice");
  CHECK_FALSE(second.grow(41));
  CHECK(second.grow(40));
  CHECK_FALSE(first.grow(1));
  upload_shares::share other(all, "bob");
  CHECK(other.grow(100));
  CHECK_FALSE(other.grow(1));
}

TEST_CASE("an upload counts until a count that began after it, and then as far as it is stored") {
  upload_shares all(100);
  const auto has_room_for = [&](std::uint64_t bytes) { return upload_shares::share(all, "alice").grow(bytes); };
  all.begin_count();
  {
    upload_shares::share s(all, "alice");
    CHECK(s.grow(70));
  }
  // This count began before.
  all.end_count({});
  CHECK_FALSE(has_room_for(31));
  all.begin_count();
  CHECK_FALSE(has_room_for(31));
  all.end_count({{"alice", 50}});
  CHECK_FALSE(has_room_for(51));
  CHECK(has_room_for(50));
  all.begin_count();
  all.end_count({});
  CHECK(has_room_for(100));
}

TEST_CASE("a count that comes to no result forgets nothing") {
  upload_shares all(100);
  {
    upload_shares::share s(all, "alice");
    CHECK(s.grow(100));
  }
  all.begin_count();
  all.begin_count();
  upload_shares::share s(all, "alice");
  CHECK_FALSE(s.grow(1));
}

TEST_CASE("nobody's uploads are not counted, and none where there is no bound") {
  upload_shares all(1);
  upload_shares::share nobody(all, "");
  CHECK(nobody.grow(1000));
  upload_shares unbounded(0);
  upload_shares::share alice(unbounded, "alice");
  CHECK(alice.grow(~std::uint64_t{0}));
}

TEST_CASE("a size beyond all bounds fits nowhere") {
  upload_shares all(100);
  upload_shares::share s(all, "alice");
  CHECK(s.grow(1));
  CHECK_FALSE(s.grow(~std::uint64_t{0}));
}
