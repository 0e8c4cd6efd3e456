#include "bench/load/crowd.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "bench/load/event_time.hpp"
#include "bench/load/http_call.hpp"

namespace bench {

crowd::crowd(std::uint16_t port) : port_(port), epoll_(::epoll_create1(EPOLL_CLOEXEC)), room_(1 << 18) {}

crowd::~crowd() {
  leave();
  ::close(epoll_);
}

void crowd::join(const std::string& id, bool websocket, std::size_t count) {
  const std::string request = stream_request(id, websocket);
  for (std::size_t i = 0; i < count; ++i) {
    auto c = std::make_unique<client>(client{connect_to(port_), event_counter{websocket}});
    send_all(c->fd, request);
    ::fcntl(c->fd, F_SETFL, O_NONBLOCK);
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.ptr = c.get();
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, c->fd, &e);
    clients_.push_back(std::move(c));
    if (i % 64 == 63) read_until([] { return false; }, std::chrono::milliseconds{0});
  }
  const auto first = [this] {
    while (started_ < clients_.size() && clients_[started_]->counter.all() > 0) ++started_;
    return started_ == clients_.size();
  };
  if (!read_until(first, std::chrono::seconds{60})) fail("not every client got its first event within 60 s");
}

bool crowd::read_until(const std::function<bool()>& done, std::chrono::milliseconds limit) {
  const auto end = std::chrono::steady_clock::now() + limit;
  epoll_event events[512];
  do {
    const int n = ::epoll_wait(epoll_, events, 512, limit.count() == 0 ? 0 : 20);
    for (int i = 0; i < n; ++i) read(*static_cast<client*>(events[i].data.ptr));
    if (done()) return true;
  } while (std::chrono::steady_clock::now() < end);
  return false;
}

void crowd::read(client& c) {
  const ssize_t n = ::recv(c.fd, room_.data(), room_.size(), 0);
  if (n < 0 && errno == EAGAIN) return;
  if (n <= 0) {
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, c.fd, nullptr);
    ::close(c.fd);
    c.open = false;
    return;
  }
  const std::string_view bytes{room_.data(), static_cast<std::size_t>(n)};
  if (keep_delays_) note_delays(bytes, delays_);
  c.counter.feed(bytes);
}

void crowd::leave() {
  for (auto& c : clients_) {
    if (c->open) ::close(c->fd);
  }
  clients_.clear();
  started_ = 0;
}

std::uint64_t crowd::lowest() const {
  std::uint64_t n = UINT64_MAX;
  for (const auto& c : clients_) n = std::min(n, c->counter.results());
  return n;
}

bool crowd::all_ended() const {
  return std::all_of(clients_.begin(), clients_.end(), [](const auto& c) { return c->counter.ended(); });
}

std::uint64_t crowd::events() const {
  std::uint64_t n = 0;
  for (const auto& c : clients_) n += c->counter.all();
  return n;
}

std::uint64_t crowd::results() const {
  std::uint64_t n = 0;
  for (const auto& c : clients_) n += c->counter.results();
  return n;
}

std::uint64_t crowd::bytes() const {
  std::uint64_t n = 0;
  for (const auto& c : clients_) n += c->counter.bytes();
  return n;
}

}  // namespace bench
