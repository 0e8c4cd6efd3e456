#include "bench/load/task_swarm.hpp"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "bench/load/event_time.hpp"
#include "bench/load/http_call.hpp"

namespace bench {

namespace {

using steady = std::chrono::steady_clock;

constexpr std::string_view upgrade =
    "GET /api/simulate HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    "Sec-WebSocket-Protocol: streamdemo.v1\r\n\r\n";

std::string posted(std::string_view task) {
  return "POST /api/simulate HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: text/event-stream\r\n"
         "Content-Type: application/json\r\nContent-Length: " +
         std::to_string(task.size()) + "\r\n\r\n" + std::string{task};
}

std::string masked(std::uint8_t opcode, std::string_view payload) {
  constexpr std::uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
  if (payload.size() > 125) fail("a task of more than 125 bytes");
  std::string frame{static_cast<char>(0x80 | opcode), static_cast<char>(0x80 | payload.size())};
  for (const auto m : mask) frame += static_cast<char>(m);
  for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ mask[i % 4]);
  return frame;
}

// Each client has an address of its own in 127.0.0.0/8, so that ports in TIME_WAIT never run out.
int start_connecting(std::size_t number, std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) fail(std::string("cannot make a socket: ") + std::strerror(errno));
  const int on = 1;
  ::setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in own{};
  own.sin_family = AF_INET;
  own.sin_addr.s_addr = htonl(0x7f000100 + static_cast<std::uint32_t>(number % 60000));
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&own), sizeof own) != 0) fail("cannot bind in 127.0.0.0/8");
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  to.sin_port = htons(port);
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0 && errno != EINPROGRESS) {
    fail(std::string("cannot connect: ") + std::strerror(errno));
  }
  return fd;
}

}  // namespace

task_swarm::task_swarm(std::uint16_t port, std::size_t clients, bool websocket, std::string_view task,
                       std::uint64_t results)
    : port_(port),
      websocket_(websocket),
      results_(results),
      opening_(websocket ? std::string{upgrade} : posted(task)),
      frame_(masked(1, task)),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      room_(1 << 16) {
  for (std::size_t i = 0; i < clients; ++i) {
    clients_.push_back(std::make_unique<client>());
    clients_.back()->number = i;
    begin(*clients_.back());
  }
}

task_swarm::~task_swarm() {
  for (auto& c : clients_) {
    if (c->fd >= 0) ::close(c->fd);
  }
  ::close(epoll_);
}

void task_swarm::begin(client& c) {
  c.began = steady::now();
  c.asked = false;
  c.counter = event_counter{websocket_};
  c.fd = start_connecting(c.number, port_);
  ++open_;
  epoll_event e{};
  e.events = EPOLLOUT;
  e.data.ptr = &c;
  ::epoll_ctl(epoll_, EPOLL_CTL_ADD, c.fd, &e);
}

void task_swarm::work_for(std::chrono::milliseconds time) {
  const auto end = steady::now() + time;
  while (steady::now() < end) turn(20);
}

bool task_swarm::finish(std::chrono::milliseconds limit) {
  finishing_ = true;
  const auto end = steady::now() + limit;
  while (open_ > 0 && steady::now() < end) turn(20);
  return open_ == 0;
}

void task_swarm::reset() {
  tasks_ = 0;
  delays_.clear();
  durations_.clear();
}

void task_swarm::turn(int wait_ms) {
  epoll_event events[256];
  const int n = ::epoll_wait(epoll_, events, 256, wait_ms);
  for (int i = 0; i < n; ++i) on_ready(*static_cast<client*>(events[i].data.ptr), events[i].events);
}

void task_swarm::on_ready(client& c, std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) {
    send_all(c.fd, opening_);
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.ptr = &c;
    ::epoll_ctl(epoll_, EPOLL_CTL_MOD, c.fd, &e);
    return;
  }
  const ssize_t n = ::recv(c.fd, room_.data(), room_.size(), 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) fail("the server cut a task's connection off");
  on_bytes(c, {room_.data(), static_cast<std::size_t>(n)});
}

void task_swarm::on_bytes(client& c, std::string_view bytes) {
  note_delays(bytes, delays_);
  c.counter.feed(bytes);
  if (websocket_ && !c.asked && c.counter.upgraded()) {
    c.asked = true;
    send_all(c.fd, frame_);
  }
  if (!c.counter.ended()) return;
  if (c.counter.results() != results_)
    fail("a task ended with " + std::to_string(c.counter.results()) + " results instead of " +
         std::to_string(results_));
  ++tasks_;
  durations_.push_back(std::chrono::duration<double, std::milli>(steady::now() - c.began).count());
  leave(c);
  if (!finishing_) begin(c);
}

void task_swarm::leave(client& c) {
  static const std::string goodbye = masked(8, std::string_view("\x03\xe8", 2));
  // The server may have gone first.
  if (websocket_) (void)::send(c.fd, goodbye.data(), goodbye.size(), MSG_NOSIGNAL);
  ::close(c.fd);
  c.fd = -1;
  --open_;
}

}  // namespace bench
