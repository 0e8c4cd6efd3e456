// The compared ways of getting results. Pure.
#pragma once
#include <streamdemo/base/error.hpp>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace streamdemo::compare {

enum class method { nobody, classic, poll, long_poll, sse, json_lines, websocket };

struct transport {
  std::string name;   // for --transports and JSON
  std::string label;  // for people
  compare::method method;
  std::chrono::milliseconds interval{0};  // between the starts of two polls
  bool keep_alive = true;                 // false: each poll on a connection of its own

  bool streams() const { return method >= method::sse; }
};

// All of them, in the order of the report. The first one is the baseline: the same task with nobody listening.
const std::vector<transport>& all_transports();

// `names`: separated by commas; empty: all. The baseline is always included. Error: invalid_argument, with the names
// that exist.
base::result<std::vector<transport>> choose_transports(std::string_view names);

}  // namespace streamdemo::compare
