#include "gateway/access/quotas.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::gateway;

namespace {

const base::steady_time begin{};

base::steady_time after(int ms) {
  return begin + std::chrono::milliseconds(ms);
}

}  // namespace

TEST_CASE("a burst is allowed, then so many a second, each owner for itself") {
  quotas q({.per_second = 2, .burst = 3});
  for (const auto left : {2U, 1U, 0U}) {
    const auto d = q.submission("alice", begin);
    CHECK(d.allowed);
    CHECK(d.left == left);
  }
  CHECK_FALSE(q.submission("alice", begin).allowed);
  CHECK(q.submission("bob", begin).allowed);
  CHECK_FALSE(q.submission("alice", after(499)).allowed);
  CHECK(q.submission("alice", after(1000)).allowed);
  CHECK_FALSE(q.submission("alice", after(1000)).left);
  CHECK(q.submission("alice", after(100'000)).left == 2);
}

TEST_CASE("what was refused costs nothing, and it is said when all is there again") {
  quotas q({.per_second = 1, .burst = 2});
  q.submission("alice", begin);
  q.submission("alice", begin);
  for (int i = 0; i < 100; ++i) CHECK_FALSE(q.submission("alice", after(500)).allowed);
  CHECK(q.submission("alice", after(500)).full_in == std::chrono::seconds(2));
  CHECK(q.submission("alice", after(1000)).allowed);
}

TEST_CASE("nobody's submissions, and those without a bound, are always allowed") {
  quotas bounded({.per_second = 1, .burst = 1});
  quotas unbounded({.per_second = 0, .burst = 1});
  for (int i = 0; i < 10; ++i) {
    CHECK(bounded.submission("", begin).allowed);
    CHECK(unbounded.submission("alice", begin).allowed);
    CHECK_FALSE(unbounded.submission("alice", begin).bounded);
  }
}

TEST_CASE("owners that have been quiet are forgotten") {
  quotas q({.per_second = 1, .burst = 1});
  for (int i = 0; i < 100'000; ++i) q.submission("owner " + std::to_string(i), after(i));
  // About as many as came within the second that it takes to be full again, twice, and a thousand.
  CHECK(q.owners() < 5000);
}
