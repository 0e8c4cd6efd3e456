#include "compare/report/json_report.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "compare/report/client_files.hpp"
#include "compare/report/json_values.hpp"

namespace streamdemo::compare {

namespace json = boost::json;

namespace {

using compare::to_json;

json::object to_json(const http::wire_counts& w) {
  return {{"connections", w.connections},
          {"bytes_sent", w.bytes_sent},
          {"bytes_received", w.bytes_received},
          {"segments_sent", w.segments_sent},
          {"segments_received", w.segments_received}};
}

json::value client_lines(method m) {
  const auto* client = client_for(m);
  return client != nullptr ? json::value(count_lines(client->bytes)) : json::value(nullptr);
}

json::object to_json(const measurement& m) {
  json::object o{{"transport", m.transport.name},
                 {"label", m.transport.label},
                 {"clients", m.clients},
                 {"complete", m.complete},
                 {"delivered", m.delivered},
                 {"first_ms", to_json(m.first_ms)},
                 {"delay_ms", to_json(m.delay_ms)},
                 {"requests", m.requests},
                 {"empty_answers", m.empty_answers},
                 {"wire", to_json(m.wire)},
                 {"submit_wire", to_json(m.submit_wire)},
                 {"server_cpu_us_per_result", to_json(m.server_cpu_us)},
                 {"proxy_cpu_us_per_result", to_json(m.proxy_cpu_us)},
                 {"client_cpu_us_per_result", to_json(m.client_cpu_us)},
                 {"server_bytes_per_waiter", to_json(m.bytes_per_waiter)},
                 {"client_lines", client_lines(m.transport.method)},
                 {"made_ms", numbers(m.made_ms)},
                 {"arrived_ms", numbers(m.arrived_ms)},
                 {"tasks", texts(m.tasks)}};
  if (!m.failure.empty()) o["failure"] = m.failure;
  return o;
}

json::object to_json(const section& s) {
  json::array rows;
  for (const auto& m : s.rows) rows.push_back(to_json(m));
  return {{"title", s.title},
          {"place", s.place},
          {"tls", s.tls},
          {"task", json::object{{"results", s.shape.results},
                                {"interval_ms", s.shape.interval_ms},
                                {"payload_bytes", s.shape.payload_bytes}}},
          {"rows", std::move(rows)}};
}

}  // namespace

std::string json_report(const report& r) {
  json::array sections, ratios;
  for (const auto& s : r.sections) sections.push_back(to_json(s));
  for (const auto& one : r.ratios()) {
    ratios.push_back(json::object{{"what", one.what}, {"over", one.over}, {"under", one.under}, {"ratio", one.value}});
  }
  const json::object whole{
      {"command", r.command_line},    {"machine", to_json(r.machine)},   {"calibration", to_json(r.calibration)},
      {"waiters", r.waiters},         {"sections", std::move(sections)}, {"ratios", std::move(ratios)},
      {"problems", texts(r.problems)}};
  return json::serialize(whole) + "\n";
}

}  // namespace streamdemo::compare
