// What a `simulate` task asks for, and the results it gets. Pure.
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
  std::int64_t payload_bytes = 0;       // filler in each result
  std::chrono::milliseconds burn{0};    // of CPU, on the processor's loop, before each result
  std::optional<std::int64_t> fail_at;  // the task fails in place of this result

  std::string result_json(std::int64_t index) const;
};

// What the gateway checks a payload against, before this does (handlers.hpp). Error: invalid_argument.
base::result<simulate_request> parse_simulate_request(std::string_view payload);

}  // namespace streamdemo::processor
