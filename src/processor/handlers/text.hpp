// Makes texts of child processes valid for events. Pure.
#pragma once
#include <string>
#include <string_view>

namespace streamdemo::processor {

// Replaces every byte that is not part of valid UTF-8 by U+FFFD.
std::string as_utf8(std::string_view bytes);

// "exit code 3" or "killed by signal 9 (Killed)".
std::string describe_exit(int code, int signal);

}  // namespace streamdemo::processor
