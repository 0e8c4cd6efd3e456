// Events as they come out of a transport. Pure.
#pragma once
#include <streamdemo/base/clock.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::compare {

// What the lab wants to know of an event.
struct event {
  std::string type;
  std::int64_t seq = 0;    // 0: a signal of the transport
  std::int64_t index = 0;  // of a result
  std::int64_t attempt = 0;
  base::sys_time made{};  // `time`
  std::string source;
};

// Nothing: no JSON object with a type.
std::optional<event> parse_event(std::string_view json);

// The answer of the live resource.
struct poll_answer {
  std::vector<event> events;
  std::int64_t next = 0;
  bool more = false;
};
std::optional<poll_answer> parse_poll_answer(std::string_view json);

// The answer of the classic poll, once there is one.
std::optional<std::vector<event>> parse_results_answer(std::string_view json);

// The value of a member of a JSON object that is a string; empty: there is none.
std::string string_member(std::string_view json, std::string_view name);

}  // namespace streamdemo::compare
