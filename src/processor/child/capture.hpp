// Runs a child process to its end and takes what it printed, up to a limit.
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

// Errors: those of child_process; too_large (over `max_output` bytes printed). A requested `stop` ends the child.
base::awaitable<base::result<captured>> capture(child_options o, std::size_t max_output, std::stop_token stop);

// Appends everything of a pipe until its end to `t`.
base::awaitable<void> drain_into(child_process::readable& from, tail& t);
// Waits for the child's end, as child_process::wait(); the outcome is in `ended`.
base::awaitable<void> wait_into(child_process& child, std::optional<base::result<exit_status>>& ended);

}  // namespace streamdemo::processor
