#include "compare/client/crowd.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace std::chrono_literals;
using streamdemo::compare::out_of_step;

TEST_CASE("no two clients of a crowd get a result at the same moment") {
  for (const auto interval : {7ms, 100ms, 230ms, 400ms, 999ms, 1000ms, 3000ms}) {
    for (const int clients : {1, 2, 3, 4, 60, 100, 210, 1000}) {
      CAPTURE(clients);
      CAPTURE(interval.count());
      const auto spread = out_of_step(clients, interval);
      std::set<std::int64_t> behind;  // the first client, in parts of an interval
      for (int i = 0; i < clients; ++i) behind.insert((spread.count() * i) % (interval.count() * clients));
      CHECK(behind.size() == static_cast<std::size_t>(clients));
    }
  }
}

TEST_CASE("a crowd starts within a second or a bit more, or within one interval when that is longer") {
  CHECK(out_of_step(100, 230ms) == 1610ms);
  CHECK(out_of_step(210, 100ms) == 1100ms);
  CHECK(out_of_step(100, 3000ms) == 3000ms);
  CHECK(out_of_step(1, 230ms) == 920ms);
  CHECK(out_of_step(100, 0ms) == 1000ms);
}
