// What the kernel holds a command to, on its way from the program that wants the child through the guard's arguments
// to the command itself.
#pragma once
#include <streamdemo/config/settings.hpp>

#include <string>

namespace streamdemo::processor {

std::string to_argument(const config::child_limits& l);
config::child_limits limits_from(const char* argument);

// Holds this very process to them, and to no core file. A limit above the one that is there already stays that one.
// False: errno says why. Between fork and exec: it allocates nothing.
bool apply(const config::child_limits& l) noexcept;

}  // namespace streamdemo::processor
