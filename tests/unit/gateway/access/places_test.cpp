#include "gateway/access/places.hpp"

#include <doctest/doctest.h>

using streamdemo::gateway::places;

TEST_CASE("each owner has so many places, and gets them back") {
  places all(2);
  auto a = all.take("alice");
  {
    const auto b = all.take("alice");
    CHECK(b.has_value());
    CHECK_FALSE(all.take("alice").has_value());
    CHECK(all.take("bob").has_value());
  }
  CHECK(all.owners() == 1);
  auto moved = std::move(a);
  CHECK(all.take("alice").has_value());
  a.reset();
  CHECK(all.owners() == 1);
  moved.reset();
  CHECK(all.owners() == 0);
}

TEST_CASE("nobody's places are not counted, and none where there is no bound") {
  places all(1);
  const auto a = all.take("");
  CHECK(all.take("").has_value());
  places unbounded(0);
  const auto b = unbounded.take("alice");
  CHECK(unbounded.take("alice").has_value());
  CHECK(unbounded.owners() == 0);
}
