// What the kernel counts on one TCP connection.
#pragma once
#include <streamdemo/http/client.hpp>

namespace streamdemo::http {

// `fd`: a connected socket. All zero where the kernel does not say.
wire_counts tcp_counters(int fd) noexcept;

}  // namespace streamdemo::http
