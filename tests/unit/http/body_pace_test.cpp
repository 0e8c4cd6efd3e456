#include "http/body_pace.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::http;
using namespace std::chrono_literals;

TEST_CASE("silence uses the patience up, and bytes at the rate renew it") {
  body_pace p;
  p.begin(60s, 1000);
  CHECK(p.left() == 60s);
  p.waited(59s);
  CHECK(p.left() == 1s);
  p.received(2000);
  CHECK(p.left() == 3s);
  // Never more of it than there was.
  p.received(UINT64_MAX / 2);
  CHECK(p.left() == 60s);
  p.waited(70s);
  CHECK(p.left() == 0s);
  CHECK(p.over());
  p.received(1000);
  CHECK(p.over());
}

TEST_CASE("whoever drips ends, however regularly; at the rate it never does") {
  for (const bool drips : {true, false}) {
    body_pace p;
    p.begin(60s, 1000);
    int seconds = 0;
    for (; seconds < 1000 && !p.over(); ++seconds) {
      p.waited(1s);
      p.received(drips ? 1 : 1000);
    }
    CHECK(seconds == (drips ? 61 : 1000));
  }
}

TEST_CASE("without a rate every byte is as good as many") {
  body_pace p;
  p.begin(60s, 0);
  p.waited(59s);
  p.received(1);
  CHECK(p.left() == 60s);
}
