#include "processor/handlers/simulate_request.hpp"

#include <fmt/format.h>

#include "processor/handlers/members.hpp"

namespace streamdemo::processor {

namespace {

constexpr std::int64_t max_results = 1'000'000;
constexpr std::int64_t max_interval_ms = 3'600'000;
constexpr std::int64_t max_payload_bytes = 16 << 20;
// Bounded, because other tasks that burn wait meanwhile.
constexpr std::int64_t max_burn_ms = 100;

}  // namespace

std::string simulate_request::result_json(std::int64_t index) const {
  auto text = fmt::format(R"({{"index":{},"of":{})", index, results);
  if (payload_bytes > 0) {
    text.reserve(text.size() + static_cast<std::size_t>(payload_bytes) + 16);
    text += R"(,"payload":")";
    text.append(static_cast<std::size_t>(payload_bytes), 'x');
    text += '"';
  }
  text += '}';
  return text;
}

std::string simulate_input_schema() {
  return fmt::format(R"({{
 "title": "Simulated results",
 "description": "Numbered results at an interval, for demos and measuring.",
 "type": "object",
 "properties": {{
  "results": {{
   "title": "Results", "type": ["integer", "null"], "minimum": 0, "maximum": {}, "default": 10
  }},
  "interval_ms": {{
   "title": "Every", "description": "milliseconds",
   "type": ["integer", "null"], "minimum": 0, "maximum": {}, "default": 500
  }},
  "payload_bytes": {{
   "title": "Filler", "description": "bytes in each result",
   "type": ["integer", "null"], "minimum": 0, "maximum": {}, "default": 0
  }},
  "burn_ms": {{
   "title": "Work", "description": "milliseconds of CPU for each result",
   "type": ["integer", "null"], "minimum": 0, "maximum": {}, "default": 0
  }},
  "fail_at": {{
   "title": "Fail at", "description": "the result in whose place the task fails",
   "type": ["integer", "null"], "minimum": 0, "maximum": {}
  }}
 }}
}})",
                     max_results, max_interval_ms, max_payload_bytes, max_burn_ms, max_results);
}

base::result<simulate_request> parse_simulate_request(std::string_view payload) {
  const auto object = parse_object(payload);
  if (!object) return object.error();
  simulate_request r;
  const auto results = integer_member(*object, "results", r.results, 0, max_results);
  if (!results) return results.error();
  r.results = *results;
  const auto interval = integer_member(*object, "interval_ms", r.interval.count(), 0, max_interval_ms);
  if (!interval) return interval.error();
  r.interval = std::chrono::milliseconds(*interval);
  const auto bytes = integer_member(*object, "payload_bytes", 0, 0, max_payload_bytes);
  if (!bytes) return bytes.error();
  r.payload_bytes = *bytes;
  const auto burn = integer_member(*object, "burn_ms", 0, 0, max_burn_ms);
  if (!burn) return burn.error();
  r.burn = std::chrono::milliseconds(*burn);
  const auto fail_at = integer_member(*object, "fail_at", -1, 0, max_results);
  if (!fail_at) return fail_at.error();
  if (*fail_at >= 0) r.fail_at = *fail_at;
  return r;
}

}  // namespace streamdemo::processor
