#include <streamdemo/http/fields/prefer.hpp>

#include <doctest/doctest.h>

using namespace streamdemo::http;
using namespace std::chrono_literals;

TEST_CASE("wait is read from among other preferences, in any case, quoted or not") {
  CHECK(preferred_wait("wait=10", 30s) == 10s);
  CHECK(preferred_wait("respond-async, WAIT=5; foo=bar", 30s) == 5s);
  CHECK(preferred_wait("x=\"a,wait=9\", wait = \"7\"", 30s) == 7s);
  CHECK(preferred_wait("wait=0", 30s) == 0s);
}

TEST_CASE("the first wait counts") {
  CHECK(preferred_wait("wait=3, wait=8", 30s) == 3s);
}

TEST_CASE("a long wait is cut to the longest allowed") {
  CHECK(preferred_wait("wait=3600", 30s) == 30s);
  CHECK(preferred_wait("wait=99999999999999999999999", 30s) == 30s);
  CHECK(preferred_wait("wait=5", 2500ms) == 2s);
  CHECK(applied_wait(30s) == "wait=30");
}

TEST_CASE("what does not parse is ignored") {
  for (const auto* text :
       {"", ",", "wait", "wait=", "wait=-1", "wait=1.5", "wait=x", "waiting=3", ";", "=", "\"wait=3"}) {
    CHECK_MESSAGE(!preferred_wait(text, 30s), text);
  }
}
