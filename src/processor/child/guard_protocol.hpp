// The protocol between the owner of a child process and its guard, over one socket pair.
#pragma once
#include <cstdint>

namespace streamdemo::processor::guard {

// The command has descriptors 0, 1, 2 and, if requested, 3. Only the guard has the socket.
inline constexpr int extra_fd = 3;
inline constexpr int control_fd = 4;

// Owner to guard, one byte: SIGTERM to the group, and SIGKILL after a time. End of file: SIGKILL at once.
inline constexpr char stop = 'T';

// Guard to owner, once, before the guard ends.
enum class what : std::int32_t {
  exited,        // value: exit code
  killed,        // value: signal
  not_started,   // value: errno of execvp
  no_directory,  // value: errno of chdir
  not_limited,   // value: errno of setrlimit
};
struct report {
  guard::what what;
  std::int32_t value;
};

}  // namespace streamdemo::processor::guard
