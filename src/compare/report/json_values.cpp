#include "compare/report/json_values.hpp"

namespace streamdemo::compare {

namespace json = boost::json;

json::value to_json(const std::optional<double>& v) {
  return v ? json::value(*v) : json::value(nullptr);
}

json::value to_json(const std::optional<summary>& s) {
  if (!s) return nullptr;
  return json::object{{"count", s->count}, {"min", s->min}, {"p50", s->p50},  {"p90", s->p90},
                      {"p99", s->p99},     {"max", s->max}, {"mean", s->mean}};
}

json::value to_json(const machine& m) {
  return json::object{
      {"processor", m.processor}, {"cores", m.cores}, {"system", m.system}, {"version", m.version}, {"date", m.date}};
}

json::value to_json(const calibration& c) {
  return json::object{{"samples_ms", numbers(c.samples())}, {"spread", c.spread()}, {"noisy", c.noisy()}};
}

json::array numbers(const std::vector<double>& values) {
  return json::array(values.begin(), values.end());
}

json::array texts(const std::vector<std::string>& values) {
  json::array out;
  for (const auto& v : values) out.emplace_back(v);
  return out;
}

}  // namespace streamdemo::compare
