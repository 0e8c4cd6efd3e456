// How long tasks wait by the way their partitions are chosen: at random, in turn, or as the gateway does it. In the
// simulated system of tests/placement, so nothing else differs. Prints the table of docs/performance.md:
//   cmake --build build/release --target placement_table && build/release/bin/placement_table
#include <fmt/format.h>

#include "placement/world.hpp"

namespace {

using namespace placing;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr int seeds = 10;

struct scenario {
  std::string name;
  world_options options;
};

// Short ones, 20 ms to 2 s. Long ones keep half of the slots busy, and may take at most three of four slots.
world_options short_beside_long(int processors, milliseconds longest) {
  const auto slots = 4.0 * processors;
  const auto mean = [](double low, double high) { return (high - low) / std::log(high / low); };
  kind_of_task quick{"quick", milliseconds(20), seconds(2)};
  quick.a_second = 0.25 * slots / mean(0.02, 2);
  kind_of_task slow{"slow", minutes(1), longest};
  slow.a_second = 0.5 * slots / mean(60, std::chrono::duration<double>(longest).count());
  slow.slots = 3;
  world_options o;
  o.processors = processors;
  o.kinds = {quick, slow};
  o.length = 2 * longest;
  return o;
}

std::vector<scenario> scenarios() {
  std::vector<scenario> all;
  auto o = short_beside_long(3, minutes(30));
  all.push_back({"3 processors, 1 gateway", o});
  o.gateways = 4;
  all.push_back({"3 processors, 4 gateways", o});
  o.lag = seconds(3);
  all.push_back({"the same, gateways now and then up to 3 s behind the log", o});
  o = short_beside_long(12, minutes(30));
  o.gateways = 4;
  all.push_back({"12 processors, 4 gateways", o});
  o = short_beside_long(4, minutes(30));
  o.gateways = 2;
  o.changes = seconds(60);
  all.push_back({"1 to 12 processors, one comes or goes every minute, 2 gateways", o});
  o = short_beside_long(3, minutes(30));
  o.kinds[0].longest = minutes(30);  // one kind, in which nobody can tell the long ones before
  o.kinds[0].a_second /= 150;
  o.kinds.resize(1);
  all.push_back({"3 processors, one kind of 20 ms to 30 min", o});
  return all;
}

void row(const scenario& s, way how, const char* name) {
  outcome sum;
  for (int seed = 1; seed <= seeds; ++seed) {
    auto o = s.options;
    o.seed = static_cast<std::uint64_t>(seed);
    o.how = how;
    auto one = world(o).run();
    sum.waits.insert(sum.waits.end(), one.waits.begin(), one.waits.end());
    sum.idle += one.idle;
    sum.slot_seconds += one.slot_seconds;
  }
  std::sort(sum.waits.begin(), sum.waits.end());
  fmt::print("| {} | {} | {} | {:.3f} s | {:.3f} s | {:.2f} % |\n", s.name, name, sum.waits.size(), sum.wait(0.5),
             sum.wait(0.99), sum.idle_percent());
}

void at_once(int processors) {
  for (const auto& [how, name] :
       {std::pair{way::random, "random"}, {way::in_turn, "in turn"}, {way::placed, "placed"}}) {
    int all = 0;
    double slowest = 0;
    for (int seed = 1; seed <= 100; ++seed) {
      world_options o;
      o.seed = static_cast<std::uint64_t>(seed);
      o.how = how;
      o.processors = processors;
      o.kinds = {{"ten", seconds(10), milliseconds(10'001)}};
      const auto waits = world(o).run_at_once(static_cast<std::size_t>(4 * processors)).waits;
      all += waits.back() < 1.5;
      slowest = std::max(slowest, waits.back());
    }
    fmt::print("| {} processors, {} tasks of 10 s | {} | {} of 100 | {:.1f} s |\n", processors, 4 * processors, name,
               all, slowest);
  }
}

}  // namespace

int main() {
  fmt::print(
      "| at once, on four slots each | placement | all started within 1.5 s | longest wait |\n|---|---|---|---|\n");
  for (const int processors : {2, 3, 12}) at_once(processors);
  fmt::print(
      "\n| short tasks beside long ones | placement | short tasks | their wait, p50 | p99 | slots idle while tasks "
      "wait |\n");
  fmt::print("|---|---|---|---|---|---|\n");
  for (const auto& s : scenarios()) {
    row(s, way::random, "random");
    row(s, way::in_turn, "in turn");
    row(s, way::placed, "placed");
  }
}
