// The last bytes of a TCP connection: whether they have arrived, and how to give them up.
#pragma once
#include <streamdemo/base/asio.hpp>

#include <cstdint>

namespace streamdemo::http {

// Bytes that the peer's kernel has not confirmed and still may; the end of our output counts as one. 0 where ours does
// not say.
std::uint32_t unacknowledged(int socket) noexcept;
inline constexpr std::uint32_t end_of_output = 1;

// Closes at once and tells the peer so by a reset. What it has not taken is thrown away: after a plain close the kernel
// would keep it for minutes, out of everybody's sight. Never left to the destructor, in which Asio switches this off.
void close_with_reset(base::tcp_socket& s) noexcept;

}  // namespace streamdemo::http
