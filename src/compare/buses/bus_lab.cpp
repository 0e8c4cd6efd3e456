// `streamdemo compare buses`: runs the trials in their order.
#include <fmt/format.h>

#include <streamdemo/compare/compare.hpp>

#include "compare/buses/trials.hpp"
#include "compare/measure/limits.hpp"
#include "compare/report/deliver.hpp"

namespace streamdemo::compare {

namespace {

// The brokers that `./dev kafka up` starts.
constexpr const char* test_brokers = "127.0.0.1:29092,127.0.0.1:29094,127.0.0.1:29096";

class bus_lab {
 public:
  explicit bus_lab(const bus_options& o) : options_(o) {}
  int run();

 private:
  void find_brokers();
  static plan on(const tried_bus& bus, int processors = 1, int concurrency = 4) {
    return {.bus = bus, .processors = processors, .concurrency = concurrency, .config_text = {}};
  }
  bool asked_for(std::string_view part) const {
    const auto& parts = options_.parts;
    return parts.empty() || std::find(parts.begin(), parts.end(), part) != parts.end();
  }
  void prices();
  void kills();
  void latencies();
  template <class Row>
  void keep(const std::string& name, base::result<Row> made, std::vector<Row>& to);

  const bus_options& options_;
  bus_report report_;
  progress shown_;
  const tried_bus memory_ = in_memory();
  const tried_bus journal_ = with_journal();
  std::optional<tried_bus> kafka_;  // nullopt: it is not measured
  bool interrupted_ = false;
};

void bus_lab::find_brokers() {
  const bool named = !options_.brokers.empty();
  const auto wanted = named ? options_.brokers : std::string(test_brokers);
  shown_.step("looking for Kafka at " + wanted);
  if (reachable(wanted)) {
    report_.brokers = wanted;
    kafka_ = on_kafka(wanted);
    return;
  }
  report_.problems.push_back(
      named ? fmt::format("Kafka: none of {} takes connections", wanted)
            : fmt::format("Kafka: no --brokers was named, and the three test brokers ({}) do not run; start them with "
                          "./dev kafka up",
                          wanted));
}

template <class Row>
void bus_lab::keep(const std::string& name, base::result<Row> made, std::vector<Row>& to) {
  report_.calibration.look();
  if (made) {
    to.push_back(std::move(*made));
    return;
  }
  interrupted_ = interrupted_ || made.error().code == base::errc::canceled;
  report_.problems.push_back(fmt::format("{}: {}", name, made.error().message));
}

void bus_lab::prices() {
  std::vector<trial> trials;
  for (const auto* bus : {&memory_, &journal_}) trials.push_back({options_.program, bus->name, on(*bus)});
  for (const int n : {1, 2, 4}) {
    if (!kafka_) break;
    const auto name = fmt::format("{}, {} processor{}", kafka_->name, n, n == 1 ? "" : "s");
    trials.push_back({options_.program, name, on(*kafka_, n)});
  }
  for (const auto& t : trials) {
    if (!interrupted_) keep(t.name, price_of(t, shown_), report_.rows);
  }
}

void bus_lab::kills() {
  std::vector<trial> trials;
  for (const auto* bus : {&memory_, &journal_}) {
    trials.push_back({options_.program, bus->name + ", kill -9", on(*bus, 1, options_.tasks)});
  }
  if (kafka_) {
    trials.push_back({options_.program, kafka_->name + ", 2 processors, kill -9", on(*kafka_, 2, options_.tasks)});
  }
  for (const auto& t : trials) {
    if (interrupted_) return;
    const auto& bus = t.plan.bus;
    // Two processors have twice the places, so nothing would wait there.
    const int waiting = bus.one_process ? (options_.tasks + 3) / 4 : 0;
    auto row = kill_of(t, options_.tasks, waiting, shown_);
    if (row && bus.keeps_tasks && row->finished < row->tasks) {
      report_.problems.push_back(
          fmt::format("{}: of {} accepted tasks {} did not finish, {} of them unknown afterwards, "
                      "although this bus keeps them",
                      t.name, row->tasks, row->tasks - row->finished, row->unknown_after));
    }
    keep(t.name, std::move(row), report_.kills);
  }
}

void bus_lab::latencies() {
  struct step {
    const char* name;
    work what;
    const tried_bus* bus;  // nullptr: not there
  };
  const auto* kafka = kafka_ ? &*kafka_ : nullptr;
  const step steps[] = {{"nothing to do", work::none, &memory_},
                        {"burning in the web server's process", work::burn, &memory_},
                        {"burning in the web server's process, with the journal", work::burn, &journal_},
                        {"burning in another process, over Kafka", work::burn, kafka},
                        {"burning in child programs, twice the cores", work::programs, &memory_},
                        {"flooding results in the web server's process", work::flood, &memory_},
                        {"flooding results in the web server's process, with the journal", work::flood, &journal_},
                        {"flooding results from another process, over Kafka", work::flood, kafka}};
  for (const auto& s : steps) {
    if (interrupted_ || s.bus == nullptr) continue;
    const trial t{options_.program, s.name, on(*s.bus)};
    keep(t.name, latency_of(t, s.what, shown_), report_.latencies);
  }
}

int bus_lab::run() {
  if (auto writable = check(options_.out); !writable) {
    fmt::print(stderr, "streamdemo compare: {}\n", writable.error().message);
    return 2;
  }
  raise_file_limit();
  report_.machine = this_machine();
  report_.command_line = options_.command_line;
  report_.journal_on = server_process::disk();
  report_.calibration.look();
  find_brokers();
  if (asked_for("price")) prices();
  if (asked_for("kill")) kills();
  if (asked_for("latency")) latencies();
  shown_.done();
  const bool good = deliver(report_, options_.out);
  if (interrupted_) return 130;
  return good && report_.problems.empty() ? 0 : 1;
}

}  // namespace

int compare_buses(const bus_options& o) {
  return bus_lab(o).run();
}

}  // namespace streamdemo::compare
