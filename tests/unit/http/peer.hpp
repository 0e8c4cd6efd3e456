// A client as raw as it gets: bytes over a blocking socket to 127.0.0.1, every wait bounded. For tests of the server.
#pragma once
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace streamdemo::http::test {

struct answer {
  int status = 0;
  std::string head;  // with its empty line
  std::string body;
  bool has(std::string_view line) const {
    return head.find(std::string("\r\n") + std::string(line)) != std::string::npos;
  }
};

class peer {
 public:
  explicit peer(std::uint16_t port, int receive_buffer = 0) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    const timeval limit{10, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  ~peer() { ::close(fd_); }
  peer(const peer&) = delete;

  bool connected() const { return connected_; }
  void half_close() { ::shutdown(fd_, SHUT_WR); }

  // False: the other side has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }

  // One whole answer; status 0 when the connection ended before its head did.
  answer read(bool without_body = false) {
    answer a;
    std::size_t end = 0;
    while ((end = input_.find("\r\n\r\n")) == std::string::npos) {
      if (!more()) return a;
    }
    a.head = input_.substr(0, end + 4);
    input_.erase(0, end + 4);
    std::from_chars(a.head.data() + 9, a.head.data() + 12, a.status);
    const bool none = without_body || a.status == 204 || a.status == 304 || a.status < 200;
    const auto length = a.head.find("\r\nContent-Length: ");
    if (none) return a;
    if (length == std::string::npos) {
      a.body = rest();
      return a;
    }
    std::size_t n = 0;
    std::from_chars(a.head.data() + length + 18, a.head.data() + a.head.size(), n);
    while (input_.size() < n) {
      if (!more()) break;
    }
    a.body = input_.substr(0, n);
    input_.erase(0, a.body.size());
    return a;
  }

  // Everything up to and with `mark`; to the end where it does not come.
  std::string until(std::string_view mark) {
    std::size_t at = 0;
    while ((at = input_.find(mark)) == std::string::npos) {
      if (!more()) return std::move(input_);
    }
    const std::string all = input_.substr(0, at + mark.size());
    input_.erase(0, all.size());
    return all;
  }

  // Everything until the other side closes.
  std::string rest() {
    while (more()) {
    }
    return std::move(input_);
  }

  // Waits for the end: true for an orderly one, false for a reset, bytes or none within the limit.
  bool ends() { return !more() && orderly_ && input_.empty(); }

  // Appends at most `max` bytes. False: the end.
  bool take(std::size_t max, std::string& to) {
    std::string piece(max, 0);
    const auto n = ::recv(fd_, piece.data(), max, 0);
    orderly_ = n == 0;
    if (n <= 0) return false;
    to.append(piece.data(), static_cast<std::size_t>(n));
    return true;
  }

  // Takes what there is to the end: true if that was a reset.
  bool is_reset() {
    rest();
    return reset_;
  }

  answer ask(std::string_view bytes) {
    send(bytes);
    return read();
  }

 private:
  bool more() {
    char piece[65536];
    const auto n = ::recv(fd_, piece, sizeof piece, 0);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) throw std::runtime_error("no answer within 10 s");
    orderly_ = n == 0;
    reset_ = n < 0 && errno == ECONNRESET;
    if (n <= 0) return false;
    input_.append(piece, static_cast<std::size_t>(n));
    return true;
  }

  int fd_;
  bool connected_ = false;
  bool orderly_ = false;
  bool reset_ = false;
  std::string input_;
};

}  // namespace streamdemo::http::test
