// How many files, sockets and pipes this process may have open, and how many it has open. Thread-safe.
#pragma once
#include <cstdint>

namespace streamdemo::base {

struct open_files_limit {
  std::uint64_t soft = 0;  // the limit in force
  std::uint64_t hard = 0;  // how far the process may raise it
};

open_files_limit limit_of_open_files() noexcept;

// Raises the soft limit to the hard one and returns the old soft limit. Give child programs the old one, since some
// loop over all descriptor numbers below their limit. Call it once, at the start.
std::uint64_t raise_limit_of_open_files() noexcept;

// The descriptors that are open now, from /proc; 0 where the system has no /proc.
std::uint64_t count_open_files() noexcept;

// Whether this errno means that the process or the machine has run out of descriptors, processes or memory, so that a
// retry later or on another machine may succeed.
bool is_shortage(int error_number) noexcept;

}  // namespace streamdemo::base
