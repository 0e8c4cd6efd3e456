#include "processor/decisions/slots.hpp"

#include <doctest/doctest.h>

using streamdemo::processor::slots;

TEST_CASE("no more runs at once than there are slots") {
  slots s(2);
  s.take(false);
  CHECK(s.free(false));
  s.take(false);
  CHECK_FALSE(s.free(false));
  s.give_back();
  CHECK(s.free(false));
}

TEST_CASE("a run that must be alone waits for the others, and the others for it") {
  slots s(4);
  s.take(false);
  CHECK_FALSE(s.free(true));
  s.give_back();
  REQUIRE(s.free(true));
  s.take(true);
  CHECK_FALSE(s.free(false));
  CHECK_FALSE(s.free(true));
  s.give_back();
  CHECK(s.free(false));
}
