// Parses events from any transport. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::compare {

// The fields of an event that the lab uses.
struct event {
  std::string type;
  std::int64_t seq = 0;    // 0: a signal of the transport, no event of the task
  std::int64_t index = 0;  // only for results
  std::int64_t attempt = 0;
  base::sys_time made{};  // `time`
  std::string source;
};

// nullopt: it is not a JSON object with a type.
std::optional<event> parse_event(std::string_view json);

// The response of the live resource.
struct poll_answer {
  std::vector<event> events;
  std::int64_t next = 0;
  bool more = false;
};
std::optional<poll_answer> parse_poll_answer(std::string_view json);

// The response of the classic poll; nullopt: the task has not ended yet.
std::optional<std::vector<event>> parse_results_answer(std::string_view json);

// The value of a string member of a JSON object; empty: there is none.
std::string string_member(std::string_view json, std::string_view name);

}  // namespace streamdemo::compare
