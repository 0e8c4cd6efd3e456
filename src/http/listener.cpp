#include "http/listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>

namespace streamdemo::http {

namespace {

using asio::ip::tcp;

// Accepted sockets inherit both.
bool set_for_connections(int fd, const server_options& o) {
  const int on = 1;
  const int buffer = static_cast<int>(std::min<std::uint64_t>(o.send_buffer_bytes, 1 << 30));
  return ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0 &&
         (buffer == 0 || ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer) == 0);
}

// Returns the file descriptor, or -1 and sets errno.
int open_socket(const tcp::endpoint& where, const server_options& o) {
  const int fd = ::socket(where.protocol().family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_TCP);
  if (fd < 0) return -1;
  const int on = 1;
  bool ok = ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0;
  // IPv6 only, so that 0.0.0.0 and :: can be in the list together.
  ok = ok && (where.address().is_v4() || ::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0);
  ok = ok && set_for_connections(fd, o);
  ok = ok && ::bind(fd, where.data(), static_cast<socklen_t>(where.size())) == 0;
  ok = ok && ::listen(fd, SOMAXCONN) == 0;
  if (ok) return fd;
  const int why = errno;
  ::close(fd);
  errno = why;
  return -1;
}

bool ipv6_is_missing(const asio::ip::address& a, int why) {
  if (!a.is_v6()) return false;
  return why == EAFNOSUPPORT || (why == EADDRNOTAVAIL && (a.is_loopback() || a.is_unspecified()));
}

error describe(const std::string& address, std::uint16_t port, const server_options& o, int why) {
  if (why == EADDRINUSE) {
    return {errc::io, fmt::format("port {} is in use on {}: stop the program that has it, or choose another port, for "
                                  "example with --set {}.port={}",
                                  port, address, o.name, port < 60000 ? port + 1000 : 9000)};
  }
  if (why == EACCES) {
    return {errc::io, fmt::format("no permission to listen on port {} of {}: choose one above 1023, for example with "
                                  "--set {}.port=8080",
                                  port, address, o.name)};
  }
  if (why == EADDRNOTAVAIL) {
    return {errc::io, fmt::format("{} is not an address of this machine: change {}.listen", address, o.name)};
  }
  return {errc::io,
          fmt::format("cannot listen on {} port {} ({}.listen): {}", address, port, o.name, std::strerror(why))};
}

struct attempt {
  std::vector<listening_socket> sockets;
  std::optional<error> failed;
  bool try_again = false;  // the port that the system chose is in use on another address
};

attempt try_all(base::executor ex, const server_options& o, const base::logger& log) {
  attempt out;
  std::vector<std::string> missing;
  auto port = o.port;
  for (const auto& text : o.listen) {
    boost::system::error_code ec;
    const auto address = asio::ip::make_address(text, ec);
    if (ec) {
      out.failed = error{errc::invalid_argument, fmt::format("'{}' in {}.listen is not an IP address", text, o.name)};
      return out;
    }
    const tcp::endpoint where(address, port);
    const int fd = open_socket(where, o);
    if (fd < 0) {
      const int why = errno;
      if (ipv6_is_missing(address, why)) {
        missing.push_back(text);
        continue;
      }
      out.try_again = why == EADDRINUSE && o.port == 0 && port != 0;
      out.failed = describe(text, port, o, why);
      return out;
    }
    auto& socket = out.sockets.emplace_back(listening_socket{base::tcp_acceptor(ex), text});
    socket.acceptor.assign(where.protocol(), fd);
    port = socket.acceptor.local_endpoint().port();
  }
  if (out.sockets.empty()) {
    out.failed =
        error{errc::io, fmt::format("nothing to listen on: {}.listen names no address that this machine has", o.name)};
    return out;
  }
  for (const auto& m : missing) {
    log.warning("not listening on {}: this machine has no IPv6 there; the other addresses work", m);
  }
  return out;
}

result<std::vector<listening_socket>> take_over(base::executor ex, const server_options& o) {
  std::vector<listening_socket> all;
  for (const int fd : o.passed_sockets) {
    int family = 0;
    socklen_t size = sizeof family;
    if (::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) != 0 || !set_for_connections(fd, o)) {
      return error{errc::io, fmt::format("cannot use the passed socket {}: {}", fd, std::strerror(errno))};
    }
    auto& socket = all.emplace_back(listening_socket{base::tcp_acceptor(ex), {}});
    socket.acceptor.assign(family == AF_INET ? tcp::v4() : tcp::v6(), fd);
    // `assign` cannot know that it blocks, and accept_ready() accepts until there is nothing left.
    socket.acceptor.native_non_blocking(true);
    socket.address = socket.acceptor.local_endpoint().address().to_string();
  }
  return all;
}

}  // namespace

result<std::vector<listening_socket>> open_listeners(base::executor ex, const server_options& o,
                                                     const base::logger& log) {
  if (!o.passed_sockets.empty()) return take_over(ex, o);
  for (int tries = 0;; ++tries) {
    auto a = try_all(ex, o, log);
    if (!a.failed) return std::move(a.sockets);
    if (!a.try_again || tries == 20) return *a.failed;
  }
}

}  // namespace streamdemo::http
