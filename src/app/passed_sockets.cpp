#include "app/passed_sockets.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace streamdemo::app {

namespace {

constexpr int first = 3;
constexpr int most = 1000;

std::optional<int> number_in(const char* name) {
  const char* const text = std::getenv(name);
  if (text == nullptr) return std::nullopt;
  const std::string_view digits(text);
  int n = 0;
  const auto [end, ec] = std::from_chars(digits.data(), digits.data() + digits.size(), n);
  return ec == std::errc{} && end == digits.data() + digits.size() ? std::optional(n) : std::nullopt;
}

}  // namespace

std::optional<passed_socket> listening_on(int fd) {
  int listens = 0;
  socklen_t size = sizeof listens;
  if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0) return std::nullopt;
  sockaddr_storage where{};
  size = sizeof where;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&where), &size) != 0) return std::nullopt;
  if (where.ss_family != AF_INET && where.ss_family != AF_INET6) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto* v4 = reinterpret_cast<const sockaddr_in*>(&where);
  const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&where);
  const bool is_v4 = where.ss_family == AF_INET;
  const void* address = is_v4 ? static_cast<const void*>(&v4->sin_addr) : &v6->sin6_addr;
  if (::inet_ntop(where.ss_family, address, text.data(), text.size()) == nullptr) return std::nullopt;
  return passed_socket{fd, text.data(), ntohs(is_v4 ? v4->sin_port : v6->sin6_port)};
}

base::result<std::vector<passed_socket>> take_passed_sockets() {
  const auto meant_for = number_in("LISTEN_PID");
  const bool some = std::getenv("LISTEN_FDS") != nullptr;
  const auto count = number_in("LISTEN_FDS");
  for (const auto* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  std::vector<passed_socket> sockets;
  // A process between the one that was meant and this one passed the variables on.
  if (!some || meant_for != ::getpid()) return sockets;
  if (!count || *count < 0 || *count > most) {
    return base::error{base::errc::invalid_argument,
                       fmt::format("LISTEN_FDS must be the number of sockets that are passed on, at most {}", most)};
  }
  for (int fd = first; fd < first + *count; ++fd) {
    auto socket = listening_on(fd);
    if (!socket || ::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
      return base::error{
          base::errc::invalid_argument,
          fmt::format("LISTEN_FDS is {}, but descriptor {} is no socket that listens on TCP", *count, fd)};
    }
    sockets.push_back(std::move(*socket));
  }
  return sockets;
}

std::vector<std::string> settings_of(const std::vector<passed_socket>& sockets) {
  if (sockets.empty()) return {};
  std::vector<std::string> addresses;
  for (const auto& s : sockets) addresses.push_back(s.address);
  return {fmt::format("gateway.listen={}", fmt::join(addresses, ",")),
          fmt::format("gateway.port={}", sockets.front().port)};
}

}  // namespace streamdemo::app
