#include "processor/decisions/holdback.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using processor::holdback;

namespace {

base::steady_time at(int seconds) {
  return base::steady_time(std::chrono::seconds(seconds));
}

}  // namespace

TEST_CASE("after a run that was given back nothing begins for a second") {
  holdback h;
  CHECK(!h.holds());
  h.given_back();
  CHECK(h.holds());
  h.tick(at(10));
  CHECK(h.holds());
  h.tick(at(11));
  CHECK(!h.holds());
}

TEST_CASE("the pause doubles with each time, up to half a minute, and begins anew after a run that ended") {
  holdback h;
  int now = 0;
  for (const int pause : {1, 2, 4, 8, 16, 30, 30}) {
    h.given_back();
    h.given_back();  // another of the same moment
    h.tick(at(now));
    h.tick(at(now + pause - 1));
    CHECK(h.holds());
    now += pause;
    h.tick(at(now));
    CHECK(!h.holds());
  }
  h.ended();
  h.given_back();
  h.tick(at(now));
  h.tick(at(now + 1));
  CHECK(!h.holds());
}
