#include "app/descriptor_plan.hpp"

#include <algorithm>
#include <limits>

namespace streamdemo::app {

namespace {

// A run keeps about six descriptors for its program (pipes, its guard) and one for its scratch directory, and needs
// five more while it starts the program.
constexpr std::uint64_t per_run = 16;
constexpr std::uint64_t for_brokers = 64;
// RocksDB keeps 64 open, and needs some more while it writes new ones.
constexpr std::uint64_t for_journal = 80;
constexpr std::uint64_t for_management = 16;
// One in so many of the clients' descriptors is reserved for files.
constexpr std::uint64_t file_part = 8;

std::uint64_t reserve_of(const descriptor_needs& n) noexcept {
  // A connection of libcurl has a pair of sockets while its host is looked up.
  return n.runs * per_run + (n.brokers ? for_brokers : 0) + (n.journal ? for_journal : 0) + 2 * n.bucket +
         for_management;
}

int number(std::uint64_t n) noexcept {
  return static_cast<int>(std::min<std::uint64_t>(n, std::numeric_limits<int>::max()));
}

}  // namespace

descriptor_plan plan_descriptors(const descriptor_needs& n) {
  const auto wanted = reserve_of(n);
  // With a low limit, clients still get at least half.
  const auto reserve = std::min(wanted, n.limit / 2);
  const auto management = reserve * for_management / wanted;
  const auto clients = n.limit - reserve;
  const auto files = (clients + file_part - 1) / file_part;
  return {number(clients - files), number(clients), number(clients + management)};
}

std::uint64_t room_for_connections(const descriptor_plan& p, std::uint64_t open) noexcept {
  const auto below = static_cast<std::uint64_t>(p.connections_below);
  return below - std::min(open, below);
}

std::uint64_t sufficient_limit(const descriptor_needs& n, std::uint64_t open) noexcept {
  const auto connections = n.max_connections + open;
  const auto clients = (connections * file_part + file_part - 2) / (file_part - 1);
  return std::max(clients + reserve_of(n), 2 * reserve_of(n));
}

}  // namespace streamdemo::app
