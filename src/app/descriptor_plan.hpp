// Divides the process's file descriptors among its parts. The kernel always assigns the lowest free number, so a part
// that refuses numbers from some bound on leaves all above it to the others, without counting. Pure.
#pragma once
#include <cstdint>
#include <string>

namespace streamdemo::app {

struct descriptor_needs {
  std::uint64_t limit = 0;            // all descriptor numbers are below it
  std::uint32_t max_connections = 0;  // of the gateway; 0: this process has none
  std::uint32_t runs = 0;             // concurrent runs of the processor; 0: this process has none
  bool brokers = false;               // the bus needs descriptors for connections to brokers at any time
  bool journal = false;               // … for files at any time
  std::uint32_t bucket = 0;           // connections to the bucket of files; 0: there is none
};

// Each bound is above the one before it.
struct descriptor_plan {
  int connections_below = 0;  // for client connections
  int files_below = 0;        // for files that clients send or fetch, and for connections while they are refused
  int management_below = 0;   // for connections of the management listener; the rest is for child programs and brokers
};

descriptor_plan plan_descriptors(const descriptor_needs& n);

// How many client connections are possible, when the program has `open` descriptors without any.
std::uint64_t room_for_connections(const descriptor_plan& p, std::uint64_t open) noexcept;

// The smallest limit of open files that allows max_connections.
std::uint64_t sufficient_limit(const descriptor_needs& n, std::uint64_t open) noexcept;

}  // namespace streamdemo::app
