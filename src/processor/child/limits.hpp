// What the kernel holds a command to, on its way from the program that wants the child through the guard's arguments
// to the command itself.
#pragma once
#include <streamdemo/config/settings.hpp>

#include <string>

namespace streamdemo::processor {

struct held_to {
  config::child_limits limits;
  std::uint64_t open_files = 0;  // the soft limit, where `limits` says none; 0: this program's
};

std::string to_argument(const held_to& h);
held_to limits_from(const char* argument);

// Holds this very process to them, and to no core file. A limit above the one that is there already stays that one.
// False: errno says why. Between fork and exec: it allocates nothing.
bool apply(const held_to& h) noexcept;

}  // namespace streamdemo::processor
