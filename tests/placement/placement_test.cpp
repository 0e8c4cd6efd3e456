// The placement of tasks in whole simulated systems (world.hpp), beside placement at random and in turn.
//   STREAMDEMO_SEEDS=1000 build/dev/bin/test_placement  runs more of them
#include <doctest/doctest.h>

#include <cstdlib>

#include "placement/world.hpp"

using namespace placing;

namespace {

std::uint64_t seeds(std::uint64_t otherwise) {
  const char* text = std::getenv("STREAMDEMO_SEEDS");
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

// A system drawn at random: 1 to 12 processors, which come and go in every second one, up to three gateways, some of
// them late, short tasks beside long ones.
world_options any_system(std::uint64_t seed) {
  property::random r(seed);
  world_options o;
  o.seed = seed;
  o.processors = static_cast<int>(r.between(1, 12));
  o.slots = static_cast<std::uint32_t>(r.between(2, 8));
  o.gateways = static_cast<int>(r.between(1, 3));
  if (r.one_in(2)) o.changes = milliseconds(r.between(10'000, 60'000));
  if (r.one_in(3)) o.lag = milliseconds(r.between(100, 3000));
  o.length = milliseconds(300'000);
  const auto slots = static_cast<double>(o.slots) * o.processors;
  o.kinds = {{"quick", milliseconds(20), milliseconds(2000), slots * 0.3, o.slots},
             {"slow", milliseconds(10'000), milliseconds(200'000), slots * 0.006, o.slots - 1}};
  return o;
}

}  // namespace

TEST_CASE("as many tasks at once as there are slots: all begin at once") {
  for (std::uint64_t seed = 1; seed <= seeds(200); ++seed) {
    property::random r(seed);
    world_options o;
    o.seed = seed;
    o.processors = static_cast<int>(r.between(1, 12));
    o.slots = static_cast<std::uint32_t>(r.between(1, 8));
    o.kinds = {{"ten", milliseconds(10'000), milliseconds(10'001)}};
    o.kinds[0].slots = static_cast<std::uint32_t>(r.between(1, o.slots));
    const auto tasks = static_cast<std::size_t>(o.processors) * o.kinds[0].slots;
    const auto done = world(o).run_at_once(tasks);
    REQUIRE(done.waits.size() == tasks);
    CHECK_MESSAGE(done.waits.back() < 0.2, "seed " << seed << ": one waited " << done.waits.back() << " s");
  }
}

TEST_CASE("in systems of every sort tasks wait less than if they are placed in turn or at random") {
  double p99[3] = {}, idle[3] = {};
  std::uint64_t worse = 0;
  const auto count = seeds(30);
  for (std::uint64_t seed = 1; seed <= count; ++seed) {
    double here[3] = {};
    for (const auto how : {way::random, way::in_turn, way::placed}) {
      auto o = any_system(seed);
      o.how = how;
      const auto done = world(o).run();
      here[static_cast<int>(how)] = done.wait(0.99);
      p99[static_cast<int>(how)] += done.wait(0.99);
      idle[static_cast<int>(how)] += done.idle_percent();
      CHECK_MESSAGE(done.remembered == 0, "seed " << seed << ": " << done.remembered << " tasks are still counted");
    }
    if (here[2] > here[1] + 0.05) ++worse;
  }
  MESSAGE("sum of p99: random " << p99[0] << ", in turn " << p99[1] << ", placed " << p99[2] << "; idle: " << idle[0]
                                << ", " << idle[1] << ", " << idle[2] << "; worse in " << worse);
  CHECK(p99[2] < p99[1] / 2);
  CHECK(idle[2] < idle[1] / 3);
  CHECK(worse <= count / 10);
}
