// The request of a `simulate` task, and its results. Pure.
#pragma once
#include <streamdemo/base/error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace streamdemo::processor {

struct simulate_request {
  std::int64_t results = 10;
  std::chrono::milliseconds interval{500};
  std::int64_t payload_bytes = 0;       // the size of the filler in each result
  std::chrono::milliseconds burn{0};    // CPU time to spend on the one thread for that before each result
  std::optional<std::int64_t> fail_at;  // the task fails instead of this result

  std::string result_json(std::int64_t index) const;
};

// The gateway has checked the payload before, against simulate_input_schema(). Error: invalid_argument.
base::result<simulate_request> parse_simulate_request(std::string_view payload);

}  // namespace streamdemo::processor
