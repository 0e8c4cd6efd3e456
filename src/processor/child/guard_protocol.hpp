// What a child process's owner and its guard tell each other over one socket pair.
#pragma once
#include <cstdint>

namespace streamdemo::processor::guard {

// The command sees 0, 1, 2 and, when wanted, 3. The guard alone has the socket.
inline constexpr int extra_fd = 3;
inline constexpr int control_fd = 4;

// Owner to guard, one byte: end the group with SIGTERM, and with SIGKILL after a while. End of file: SIGKILL at once.
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
