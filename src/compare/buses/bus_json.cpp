#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "compare/buses/bus_report.hpp"
#include "compare/report/json_values.hpp"

namespace streamdemo::compare {

namespace json = boost::json;

std::string json_report(const bus_report& r) {
  json::array rows, kills, latencies;
  for (const auto& row : r.rows) {
    rows.push_back(json::object{{"name", row.name},
                                {"accept_ms", to_json(row.accept_ms)},
                                {"delay_ms", to_json(row.delay_ms)},
                                {"results_per_second", to_json(row.results_per_second)},
                                {"waiting_tasks_per_second", to_json(row.waiting_tasks_per_second)},
                                {"burning_tasks_per_second", to_json(row.burning_tasks_per_second)}});
  }
  for (const auto& k : r.kills) {
    kills.push_back(json::object{{"name", k.name},
                                 {"tasks", k.tasks},
                                 {"on_the_killed", k.on_the_killed},
                                 {"results_before", k.results_before},
                                 {"finished", k.finished},
                                 {"unknown_after", k.unknown_after},
                                 {"silence_s", to_json(k.silence_s)}});
  }
  for (const auto& l : r.latencies) {
    latencies.push_back(json::object{{"name", l.name}, {"answer_ms", to_json(l.answer_ms)}});
  }
  const json::object whole{{"command", r.command_line},
                           {"machine", to_json(r.machine)},
                           {"calibration", to_json(r.calibration)},
                           {"brokers", r.brokers},
                           {"rows", std::move(rows)},
                           {"kills", std::move(kills)},
                           {"latencies", std::move(latencies)},
                           {"problems", texts(r.problems)}};
  return json::serialize(whole) + "\n";
}

}  // namespace streamdemo::compare
