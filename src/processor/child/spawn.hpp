// Starts the guard of a child process with posix_spawn. Blocks as long as a fork takes.
#pragma once
#include <sys/types.h>

#include <streamdemo/base/descriptor.hpp>

#include "processor/child/child_process.hpp"

namespace streamdemo::processor {

// All descriptors are close-on-exec. Those that were not requested are not open.
struct spawned {
  pid_t pid = -1;
  base::descriptor pidfd;
  base::descriptor control;  // non-blocking
  base::descriptor input;
  base::descriptor output;
  base::descriptor errors;
  base::descriptor extra;
};

// Errors: full (no descriptor, process or memory is left), io.
base::result<spawned> spawn_guard(const child_options& o);

}  // namespace streamdemo::processor
