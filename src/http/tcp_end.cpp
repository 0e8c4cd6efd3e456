#include "http/tcp_end.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <boost/asio/socket_base.hpp>

namespace streamdemo::http {

std::uint32_t unacknowledged(int socket) noexcept {
  int bytes = 0;
  if (::ioctl(socket, TIOCOUTQ, &bytes) != 0 || bytes <= 0) return 0;
  // After a reset the kernel keeps the old count, which nobody will acknowledge any more.
  tcp_info info{};
  socklen_t size = sizeof info;
  if (::getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_state == TCP_CLOSE) return 0;
  return static_cast<std::uint32_t>(bytes);
}

void close_with_reset(base::tcp_socket& s) noexcept {
  boost::system::error_code ignored;
  s.set_option(asio::socket_base::linger(true, 0), ignored);
  s.close(ignored);
}

}  // namespace streamdemo::http
