// The last bytes of a TCP connection: whether they have arrived, and how to discard them.
#pragma once
#include <streamdemo/base/asio.hpp>

#include <cstdint>

namespace streamdemo::http {

// The number of bytes that the peer has not acknowledged and still may; the end of our output (FIN) counts as one. 0 if
// the kernel does not report it.
std::uint32_t unacknowledged(int socket) noexcept;
inline constexpr std::uint32_t end_of_output = 1;

// Closes at once with a reset and discards the bytes that the peer has not acknowledged. After a plain close the kernel
// would keep them for minutes, where nothing counts them. Do not leave this to the socket's destructor: Asio switches
// SO_LINGER off there.
void close_with_reset(base::tcp_socket& s) noexcept;

}  // namespace streamdemo::http
