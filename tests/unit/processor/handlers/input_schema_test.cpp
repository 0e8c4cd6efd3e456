// What a gateway takes for a handler, and what the handler takes: the same, at every boundary.
#include <doctest/doctest.h>
#include <fmt/format.h>
#include <streamdemo/base/json_schema.hpp>
#include <streamdemo/processor/handlers.hpp>

#include <array>
#include <vector>

#include "processor/handlers/simulate_request.hpp"
#include "processor/handlers/video/video_request.hpp"

using namespace streamdemo;

namespace {

// Of every type, and around every bound.
constexpr std::array values{"null",
                            "true",
                            "false",
                            "\"\"",
                            "\"1\"",
                            "\"sample\"",
                            "[]",
                            "[1]",
                            "{}",
                            "-1e400",
                            "-1",
                            "-0.0",
                            "0",
                            "0.5",
                            "0.999",
                            "1",
                            "1.0",
                            "1.5",
                            "2.0",
                            "1e2",
                            "99",
                            "100",
                            "101",
                            "599.5",
                            "600",
                            "600.0",
                            "601",
                            "601.5",
                            "999999",
                            "1000000",
                            "1e6",
                            "1000001",
                            "3600000",
                            "3600001",
                            "16777216",
                            "16777217",
                            "30",
                            "30.001",
                            "1e300",
                            "1e400",
                            "9.007199254740993e15",
                            "9223372036854775807",
                            "9223372036854775808",
                            "18446744073709551616"};

struct counts {
  int taken = 0;
  int refused = 0;
};

// `accepts`: the handler's own reader.
template <class Accepts>
void hold(const base::json_schema& schema, const std::string& checked, const std::string& payload, Accepts accepts,
          counts& n) {
  CAPTURE(payload);
  const auto violation = schema.check(checked);
  const bool taken = accepts(payload);
  CHECK(taken == !violation);
  if (violation) CAPTURE(violation->sentence);
  ++(taken ? n.taken : n.refused);
}

bool video_takes(std::string_view payload) {
  return processor::parse_video_request(payload, 30).has_value();
}

std::vector<std::string> sizes() {
  std::vector<std::string> out{"",     "p",        "x",        "360",      "0360p",      "360P",    "365p",  "640x",
                               "x360", "640x0360", "0640x360", "640 x360", "640x360\\n", "+64x360", "-2x360"};
  for (int n = 0; n < 2100; ++n) {
    out.push_back(fmt::format("{}p", n));
    out.push_back(fmt::format("{}x360", n));
    out.push_back(fmt::format("640x{}", n));
  }
  return out;
}

}  // namespace

TEST_CASE("simulate: the schema and the handler agree") {
  const auto schema = base::json_schema::parse(processor::simulate_input_schema()).value();
  const auto accepts = [](std::string_view p) { return processor::parse_simulate_request(p).has_value(); };
  counts n;
  for (const auto* payload : {"{}", R"({"unknown":1})", "[]", "7"}) hold(schema, payload, payload, accepts, n);
  for (const auto* member : {"results", "interval_ms", "payload_bytes", "burn_ms", "fail_at"}) {
    for (const auto* value : values) {
      const auto payload = fmt::format("{{\"{}\":{}}}", member, value);
      hold(schema, payload, payload, accepts, n);
    }
  }
  CHECK(n.taken > 40);
  CHECK(n.refused > 100);
}

TEST_CASE("process-video: the schema of the sample and the handler agree") {
  const auto schema = base::json_schema::parse(processor::video_input_schema(30)).value();
  counts n;
  for (const auto* value : values) {
    for (const auto* member : {"sample_seconds", "clip_seconds", "size", "preset", "copy"}) {
      const auto payload = fmt::format(R"({{"source":"sample","{}":{}}})", member, value);
      hold(schema, payload, payload, video_takes, n);
    }
    const auto payload = fmt::format(R"({{"source":{}}})", value);
    hold(schema, payload, payload, video_takes, n);
  }
  CHECK(n.taken > 20);
  CHECK(n.refused > 100);
  // Only the gateway asks this: the handler finds uploads by the names that the gateway gave them.
  CHECK(schema.check(R"({"source":"upload","upload":"x"})"));
  CHECK(schema.check(R"({"source":"sample","upload":"x"})"));
}

TEST_CASE("process-video: the schema of an upload's options and the handler agree") {
  const auto schema = base::json_schema::parse(processor::video_upload_schema()).value();
  counts n;
  const auto option = [&](std::string_view member, std::string_view value) {
    const auto members = fmt::format(R"("{}":{})", member, value);
    hold(schema, "{" + members + "}", R"({"source":"upload","upload":"x",)" + members + "}", video_takes, n);
  };
  for (const auto* value : values) {
    for (const auto* member : {"clip_seconds", "size", "preset", "copy"}) option(member, value);
  }
  for (const auto& size : sizes()) {
    option("size", "\"" + size + "\"");
  }
  for (const auto preset : processor::video_request::presets) option("preset", fmt::format("\"{}\"", preset));
  CHECK(n.taken > 1000);
  CHECK(n.refused > 1000);
  CHECK(schema.check(R"({"sample_seconds":5})")->sentence.starts_with("is not known here"));
}
