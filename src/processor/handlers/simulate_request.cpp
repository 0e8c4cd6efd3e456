#include "processor/handlers/simulate_request.hpp"

#include <fmt/format.h>

#include "processor/handlers/members.hpp"

namespace streamdemo::processor {

namespace {

constexpr std::int64_t max_results = 1'000'000;
constexpr std::int64_t max_interval_ms = 3'600'000;
constexpr std::int64_t max_payload_bytes = 16 << 20;
// The loop that burns shows no sign of life meanwhile.
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
