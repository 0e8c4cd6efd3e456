// A simulated system of gateways and processors, without a bus: partitions whose owners change, slots per kind, and a
// log that each gateway reads late. The gateways place tasks with the product's own class, or at random, or in turn,
// while all else is the same, so that the ways can be compared. Processors say what they offer as the product's do.
// Time is simulated; a seed gives the same run each time.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <set>

#include "gateway/tasks/placement/placement.hpp"
#include "processor/decisions/offers.hpp"
#include "property/random.hpp"

namespace placing {

using namespace streamdemo;
using base::milliseconds;
using base::steady_time;

enum class way { random, in_turn, placed };

struct kind_of_task {
  std::string name;
  milliseconds shortest{1};  // a task works for a time between these, each factor equally likely
  milliseconds longest{1};
  double a_second = 0;      // how many come, by all gateways together, at random moments
  std::uint32_t slots = 4;  // of each processor, at most
};

struct world_options {
  std::uint64_t seed = 1;
  way how = way::placed;
  int processors = 2;
  std::uint32_t slots = 4;  // of each processor
  int gateways = 1;
  std::int32_t partitions = 12;
  milliseconds record{15};  // half of the longest time until a record is in the log and read
  milliseconds lag{0};      // now and then a gateway reads the log up to this late
  milliseconds changes{0};  // a processor comes or goes so often, on average; 0: never
  milliseconds length{0};   // tasks come during this time
  std::vector<kind_of_task> kinds;
};

struct outcome {
  std::vector<double> waits;   // seconds from submitted to started, of the first kind, ascending
  double idle = 0;             // slot-seconds that were idle while a task waited that could have had the slot
  double slot_seconds = 0;     // of all slots, while tasks came
  std::size_t remembered = 0;  // tasks that gateways still count when all have ended

  double wait(double quantile) const {
    return waits.empty() ? 0 : waits[static_cast<std::size_t>(quantile * static_cast<double>(waits.size() - 1))];
  }
  double idle_percent() const { return slot_seconds == 0 ? 0 : 100 * idle / slot_seconds; }
};

class world {
 public:
  explicit world(world_options o);

  // Submits tasks as the options say; returns when all have ended.
  outcome run();
  // That many tasks of the first kind at once, once the gateways know the processors.
  outcome run_at_once(std::size_t tasks);

 private:
  struct task {
    std::string id;
    std::size_t kind = 0;
    std::int32_t partition = 0;
    milliseconds works{0};
    steady_time submitted{};
  };
  struct processor {
    explicit processor(std::string s) : source(std::move(s)) {}
    std::string source;
    bool leaving = false;
    bool member = true;                  // of the group; a former one finishes its runs
    std::vector<std::uint32_t> running;  // by kind
    streamdemo::processor::offers offers{milliseconds(2000)};
    std::uint32_t taken() const;
  };
  struct gateway {
    std::unique_ptr<streamdemo::gateway::placement> placement;
    steady_time reads_at{};  // the last thing that it has yet to read; the log is read in order
    milliseconds late{0};
    std::size_t turn = 0;
  };
  using step = std::function<void()>;

  void after(milliseconds delay, step s) { steps_.emplace(now_ + delay, std::move(s)); }
  void run_until(const std::function<bool()>& done);
  milliseconds a_record() { return milliseconds(random_.between(1, 2 * options_.record.count())); }
  void log(const std::function<void(streamdemo::gateway::placement&)>& what);

  void begin();
  void come(std::size_t kind);
  void submit(std::size_t kind);
  milliseconds works(const kind_of_task& k);
  std::int32_t choose(gateway& g, const task& t);

  void change();
  void add_processor();
  void share_out();
  void tell(const std::string& source, const streamdemo::task::offer& o);
  void beat();
  streamdemo::task::offer offer_of(const processor& p) const;
  void fill(processor& p);
  std::uint32_t free_slots(const processor& p, std::size_t kind) const;
  void start(processor& p, const task& t);
  void count_idle();

  world_options options_;
  property::random random_;
  steady_time now_{};
  std::multimap<steady_time, step> steps_;
  std::vector<std::unique_ptr<processor>> processors_;
  std::vector<processor*> owners_;          // by partition
  std::vector<std::vector<task>> waiting_;  // by partition, in the order in which they came
  std::vector<gateway> gateways_;
  std::size_t submitted_ = 0, ended_ = 0, named_ = 0;
  steady_time stop_coming_{};
  steady_time counted_until_{};
  outcome out_;
};

}  // namespace placing
