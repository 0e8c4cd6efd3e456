// How many files, sockets and pipes this process may have open, and how many it has. Any thread.
#pragma once
#include <cstdint>

namespace streamdemo::base {

struct open_files_limit {
  std::uint64_t soft = 0;  // what holds
  std::uint64_t hard = 0;  // what the process may raise it to
};

open_files_limit limit_of_open_files() noexcept;

// Raises the soft limit to the hard one and answers what it was before: what child programs should be given, since some
// walk through all numbers below it. Call it once, at the start.
std::uint64_t raise_limit_of_open_files() noexcept;

// Open now, as /proc says; 0 where the system has no /proc.
std::uint64_t count_open_files() noexcept;

// The error number says that the process or the machine has run out of descriptors, processes or memory: the same may
// work later, or elsewhere.
bool is_shortage(int error_number) noexcept;

}  // namespace streamdemo::base
