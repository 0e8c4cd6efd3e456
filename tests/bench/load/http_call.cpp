#include "bench/load/http_call.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace bench {

void fail(const std::string& what) {
  std::fprintf(stderr, "load_client: %s\n", what.c_str());
  std::exit(1);
}

int connect_to(std::uint16_t port, int receive_buffer) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) fail(std::string("cannot make a socket: ") + std::strerror(errno));
  if (receive_buffer != 0) ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    fail("cannot connect to 127.0.0.1:" + std::to_string(port) + ": " + std::strerror(errno));
  }
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const timeval limit{30, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  return fd;
}

void send_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n <= 0) fail(std::string("cannot send: ") + std::strerror(errno));
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
}

std::string authorization() {
  const char* token = std::getenv("LOAD_TOKEN");
  return token == nullptr ? std::string() : "Authorization: Bearer " + std::string(token) + "\r\n";
}

answer call(std::uint16_t port, const std::string& method, const std::string& target, const std::string& body) {
  const int fd = connect_to(port);
  std::string request =
      method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + authorization();
  if (method != "GET") {
    request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  send_all(fd, request + "\r\n" + body);
  std::string text;
  char room[16384];
  for (ssize_t n; (n = ::recv(fd, room, sizeof room, 0)) > 0;) text.append(room, static_cast<std::size_t>(n));
  ::close(fd);
  const std::size_t head = text.find("\r\n\r\n");
  if (text.size() < 12 || head == std::string::npos) fail(method + " " + target + " got no whole answer");
  return {std::atoi(text.c_str() + 9), text.substr(head + 4), text.size()};
}

std::string submit(std::uint16_t port, int results, int interval_ms, int payload_bytes) {
  const answer a = call(port, "POST", "/api/simulate",
                        "{\"results\":" + std::to_string(results) + ",\"interval_ms\":" + std::to_string(interval_ms) +
                            ",\"payload_bytes\":" + std::to_string(payload_bytes) + "}");
  const std::string key = "\"request_id\":\"";
  const std::size_t at = a.body.find(key);
  if (a.status != 202 || at == std::string::npos) fail("submitting got " + std::to_string(a.status) + " " + a.body);
  const std::size_t from = at + key.size();
  return a.body.substr(from, a.body.find('"', from) - from);
}

void cancel(std::uint16_t port, const std::string& id) {
  call(port, "POST", "/api/tasks/" + id + "/cancel", "{}");
}

std::string stream_request(const std::string& id, bool websocket, long after) {
  std::string r = "GET /api/tasks/" + id + "/events?after=" + std::to_string(after) +
                  " HTTP/1.1\r\nHost: localhost\r\n" + authorization();
  if (websocket) {
    r += "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: streamdemo.v1\r\n";
  } else {
    r += "Accept: text/event-stream\r\n";
  }
  return r + "\r\n";
}

}  // namespace bench
