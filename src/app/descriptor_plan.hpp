// Who may have which of the descriptors that the operating system grants. The kernel gives the lowest free number, so
// whoever refuses numbers from some bound on leaves all above it to others, without counting anything. Pure.
#pragma once
#include <cstdint>
#include <string>

namespace streamdemo::app {

struct descriptor_needs {
  std::uint64_t limit = 0;            // of numbers: they are all below it
  std::uint32_t max_connections = 0;  // of the gateway; 0: there is none here
  std::uint32_t runs = 0;             // of the processor at once; 0: there is none here
  bool brokers = false;               // connections to them are made again and again
};

// Each bound is above the one before it.
struct descriptor_plan {
  int connections_below = 0;  // public connections
  int files_below = 0;        // files that clients send or fetch; and, for a moment, connections that are refused
  int management_below = 0;   // connections of the management listener; above it is for child programs and brokers
};

descriptor_plan plan_descriptors(const descriptor_needs& n);

// How many connections there is room for beside the `open` descriptors that the program has without any.
std::uint64_t room_for_connections(const descriptor_plan& p, std::uint64_t open) noexcept;

// The smallest limit with which there is room for max_connections.
std::uint64_t sufficient_limit(const descriptor_needs& n, std::uint64_t open) noexcept;

}  // namespace streamdemo::app
