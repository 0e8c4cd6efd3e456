#include "gateway/history/bus_clock.hpp"

#include "unit/gateway/gateway_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace std::chrono_literals;
using testing::bus_fixture;

namespace {

bus_clock_parts parts(bus_fixture& w, histories& all, const base::clock& clock) {
  return {.bus = w.bus,
          .all = all,
          .loop0 = w.loops.executor(0),
          .clock = clock,
          .topic = "response",
          .source = "gateway/own",
          .timeout = 50ms};
}

}  // namespace

TEST_CASE("a clock that is an hour ahead, or behind, is known before the first record of another is read") {
  for (const auto wrong : {1h, -1h}) {
    bus_fixture w;
    testing::hand_clock own;
    own.advance(wrong);
    const auto all =
        make_histories({.max_bytes = 1 << 20, .keep_for = 1h, .partitions = 4}, w.loops, own, w.metrics, w.log);
    CHECK(w.run(learn_bus_clock(parts(w, *all, own))).has_value());
    CHECK(all->bus_now() == testing::epoch);
    own.advance(10min);
    own.step(wrong);
    CHECK(all->bus_now() == testing::epoch + 10min);
  }
}

TEST_CASE("a bus that takes no record is an error that says so") {
  bus_fixture w;
  w.bus.on_publish = [](const auto&, auto) { return std::optional(testing::fault{{base::errc::unavailable, "away"}}); };
  const auto all =
      make_histories({.max_bytes = 1 << 20, .keep_for = 1h, .partitions = 4}, w.loops, w.clock, w.metrics, w.log);
  const auto learned = w.run(learn_bus_clock(parts(w, *all, w.clock)));
  REQUIRE(learned.has_error());
  CHECK(learned.error().code == base::errc::unavailable);
}
