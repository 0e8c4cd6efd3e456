// Runs a child process to its end and returns what it printed, up to a limit.
#pragma once
#include <optional>
#include <stop_token>
#include <string>

#include "processor/child/child_process.hpp"
#include "processor/child/tail.hpp"

namespace streamdemo::processor {

struct captured {
  exit_status status;
  std::string output;
  tail errors;
};

// Errors: those of child_process; too_large (it printed more than `max_output` bytes). Requesting `stop` ends the
// child.
base::awaitable<base::result<captured>> capture(child_options o, std::size_t max_output, std::stop_token stop);

// Appends everything from a pipe to `t`, until its end.
base::awaitable<void> drain_into(child_process::readable& from, tail& t);
// child_process::wait(), with its result stored in `ended`.
base::awaitable<void> wait_into(child_process& child, std::optional<base::result<exit_status>>& ended);

}  // namespace streamdemo::processor
