// The kernel's counters of one TCP connection.
#pragma once
#include <streamdemo/http/client.hpp>

namespace streamdemo::http {

// `fd`: a connected socket. All zero if the kernel does not report them.
wire_counts tcp_counters(int fd) noexcept;

}  // namespace streamdemo::http
