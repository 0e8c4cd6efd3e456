// The address at which somebody on this machine reaches a listener, as it is printed. Pure.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace streamdemo::app {

// `listen`: the IP addresses of its settings. With localhost, unless it has none of this machine's own addresses.
std::string shown_address(const std::vector<std::string>& listen, std::uint16_t port);

}  // namespace streamdemo::app
