#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "compare/buses/bus_report.hpp"
#include "compare/report/json_values.hpp"

namespace streamdemo::compare {

namespace json = boost::json;

std::string json_report(const bus_report& r) {
  json::array rows, kills, latencies;
  for (const auto& row : r.rows) {
    rows.push_back(json::object{{"bus", row.bus},
                                {"name", row.name},
                                {"accept_ms", to_json(row.accept_ms)},
                                {"delay_ms", to_json(row.delay_ms)},
                                {"results_per_second", to_json(row.results_per_second)},
                                {"cpu_us_per_result", to_json(row.cpu_us)},
                                {"memory_mib", to_json(row.memory_mib)},
                                {"waiting_tasks_per_second", to_json(row.waiting_tasks_per_second)},
                                {"burning_tasks_per_second", to_json(row.burning_tasks_per_second)}});
  }
  for (const auto& k : r.kills) {
    kills.push_back(json::object{{"bus", k.bus},
                                 {"name", k.name},
                                 {"tasks", k.tasks},
                                 {"waiting", k.waiting},
                                 {"on_the_killed", k.on_the_killed},
                                 {"results_before", k.results_before},
                                 {"finished", k.finished},
                                 {"unknown_after", k.unknown_after},
                                 {"silence_s", to_json(k.silence_s)},
                                 {"next_attempt_s", to_json(k.next_attempt_s)},
                                 {"ready_s", to_json(k.ready_s)}});
  }
  for (const auto& l : r.latencies) {
    latencies.push_back(json::object{{"name", l.name}, {"answer_ms", to_json(l.answer_ms)}});
  }
  const json::object whole{
      {"command", r.command_line},    {"machine", to_json(r.machine)}, {"calibration", to_json(r.calibration)},
      {"brokers", r.brokers},         {"journal_on", r.journal_on},    {"verdict", texts(verdicts(r))},
      {"rows", std::move(rows)},      {"kills", std::move(kills)},     {"latencies", std::move(latencies)},
      {"problems", texts(r.problems)}};
  return json::serialize(whole) + "\n";
}

}  // namespace streamdemo::compare
