// The kernel's limits for a command. They are passed through the guard's arguments and set just before the command
// starts.
#pragma once
#include <streamdemo/config/settings.hpp>

#include <string>

namespace streamdemo::processor {

struct held_to {
  config::child_limits limits;
  std::uint64_t open_files = 0;  // the soft limit if `limits` has none; 0: that of this program
};

std::string to_argument(const held_to& h);
held_to limits_from(const char* argument);

// Sets these limits for the calling process, and disables core files. A limit above the present hard limit is lowered
// to it. False: errno says why. Safe between fork and exec, since it allocates nothing.
bool apply(const held_to& h) noexcept;

}  // namespace streamdemo::processor
