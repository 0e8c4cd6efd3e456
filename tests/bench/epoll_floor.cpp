// The floor: a bare epoll server that writes the same bytes as the product and does nothing else. One thread, no parser
// beyond what the load client sends; one write per event and client or, where PIECE_BYTES are given, one write for as
// many events as fit in so many bytes, of a task that has them all at once.
//
//   epoll_floor EVENT_BYTES POLL_BYTES [PIECE_BYTES]     prints its port
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <unordered_map>

#include "bench/mini_api.hpp"

namespace {

using steady = std::chrono::steady_clock;

struct connection {
  int fd = -1;
  bool streams = false;
  bool websocket = false;
  bool blocked = false;
  std::uint32_t task = 0;
  std::uint32_t index = 0;   // among the task's followers
  std::uint32_t cursor = 0;  // events written
  std::uint32_t offset = 0;  // of the next event's bytes
};

class floor_server {
 public:
  floor_server(std::size_t event_bytes, std::size_t poll_bytes, std::size_t piece_bytes)
      : api_(event_bytes, poll_bytes), piece_bytes_(piece_bytes), epoll_(::epoll_create1(EPOLL_CLOEXEC)) {}

  std::uint16_t open() {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&at), size) != 0 || ::listen(listener_, 4096) != 0) std::exit(1);
    ::getsockname(listener_, reinterpret_cast<sockaddr*>(&at), &size);
    watch(listener_, nullptr);
    return ntohs(at.sin_port);
  }

  [[noreturn]] void run() {
    epoll_event events[512];
    while (true) {
      const int n = ::epoll_wait(epoll_, events, 512, wait_ms());
      for (int i = 0; i < n; ++i) {
        if (events[i].data.ptr == nullptr) {
          accept_all();
        } else {
          handle(*static_cast<connection*>(events[i].data.ptr), events[i].events);
        }
      }
      publish();
    }
  }

 private:
  void watch(int fd, connection* c) {
    epoll_event e{};
    e.events = EPOLLIN;
    e.data.ptr = c;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &e);
  }

  void accept_all() {
    while (true) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      const int buffer = 65536;
      ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
      auto* c = new connection;
      c->fd = fd;
      watch(fd, c);
    }
  }

  void handle(connection& c, std::uint32_t what) {
    if ((what & EPOLLOUT) != 0) {
      c.blocked = false;
      epoll_event e{};
      e.events = EPOLLIN;
      e.data.ptr = &c;
      ::epoll_ctl(epoll_, EPOLL_CTL_MOD, c.fd, &e);
      while (pump(c)) {
      }
    }
    if ((what & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) return;
    char room[8192];
    const ssize_t n = ::recv(c.fd, room, sizeof room, 0);
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) return drop(c);
    if (!c.streams) answer(c, {room, static_cast<std::size_t>(n)});
  }

  void answer(connection& c, std::string_view request) {
    const std::size_t target = request.find(' ') + 1;
    const std::string_view path = request.substr(target, request.find(' ', target) - target);
    if (request.starts_with("POST")) {
      const std::string text = path.ends_with("/cancel") ? api_.cancel(path) : api_.submit(request);
      send(c, text);
      return drop(c);
    }
    if (path.find("/events") == std::string_view::npos) return send(c, api_.poll_answer());
    c.streams = true;
    c.websocket = request.find("Upgrade: websocket") != std::string_view::npos;
    c.task = static_cast<std::uint32_t>(bench::mini_api::id_in(path));
    c.index = static_cast<std::uint32_t>(followers_[c.task].size());
    followers_[c.task].push_back(&c);
    send(c, c.websocket ? bench::mini_api::websocket_head() : bench::mini_api::sse_head());
    while (pump(c)) {
    }
  }

  void send(connection& c, std::string_view bytes) { (void)!::send(c.fd, bytes.data(), bytes.size(), MSG_NOSIGNAL); }

  void drop(connection& c) {
    if (c.streams) {
      auto& all = followers_[c.task];
      all[c.index] = all.back();
      all[c.index]->index = c.index;
      all.pop_back();
    }
    ::close(c.fd);
    delete &c;
  }

  // What one write carries from event `n` on, behind the bytes of it that are written; all is made once per transport.
  std::string_view bytes(bool websocket, std::uint32_t n, std::uint32_t end, std::uint32_t written) {
    prepared& made = made_[websocket ? 1 : 0];
    while (made.ends.size() < end) {
      const int seq = static_cast<int>(made.ends.size()) + 1;
      const char* type = seq == 1 ? "accepted" : "result";
      if (websocket) {
        const std::string json = api_.json(seq, type);
        std::string frame = "\x81";
        if (json.size() < 126) {
          frame += static_cast<char>(json.size());
        } else {
          frame += {126, static_cast<char>(json.size() >> 8), static_cast<char>(json.size())};
        }
        made.text += frame + json;
      } else {
        const std::string text = api_.sse(seq, type);
        char head[20];
        std::snprintf(head, sizeof head, "%zx\r\n", text.size());
        made.text += head + text + "\r\n";
      }
      made.ends.push_back(made.text.size());
    }
    const std::size_t from = (n == 0 ? 0 : made.ends[n - 1]) + written;
    std::uint32_t last = n;
    while (last + 1 < end && made.ends[last + 1] - from <= piece_bytes_) ++last;
    return std::string_view{made.text}.substr(from, made.ends[last] - from);
  }

  // Writes the next event of one client; false: nothing left, or the socket is full.
  bool pump(connection& c) {
    const auto end = static_cast<std::uint32_t>(api_.task(c.task).published) + 1;
    if (c.blocked || c.cursor >= end) return false;
    const std::string_view text = bytes(c.websocket, c.cursor, end, c.offset);
    const ssize_t n = ::send(c.fd, text.data(), text.size(), MSG_NOSIGNAL);
    advance(c, n > 0 ? static_cast<std::size_t>(n) : 0);
    if (n < 0 || static_cast<std::size_t>(n) < text.size()) {
      c.blocked = true;
      epoll_event e{};
      e.events = EPOLLIN | EPOLLOUT;
      e.data.ptr = &c;
      ::epoll_ctl(epoll_, EPOLL_CTL_MOD, c.fd, &e);
      return false;
    }
    return true;
  }

  void advance(connection& c, std::size_t written) {
    const std::vector<std::size_t>& ends = made_[c.websocket ? 1 : 0].ends;
    const std::size_t at = (c.cursor == 0 ? 0 : ends[c.cursor - 1]) + c.offset + written;
    while (c.cursor < ends.size() && ends[c.cursor] <= at) ++c.cursor;
    c.offset = static_cast<std::uint32_t>(at - (c.cursor == 0 ? 0 : ends[c.cursor - 1]));
  }

  int wait_ms() {
    const int current = api_.current();
    if (current < 0 || api_.task(static_cast<std::size_t>(current)).published >=
                           api_.task(static_cast<std::size_t>(current)).results) {
      return 1000;
    }
    if (current != running_) return 0;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(next_ - steady::now()).count();
    return static_cast<int>(std::clamp<long>(left + 1, 0, 1000));
  }

  // One event each interval; without one, all of them, one after the other.
  void publish() {
    const int current = api_.current();
    if (current < 0) return;
    bench::mini_task& t = api_.task(static_cast<std::size_t>(current));
    if (current != running_) {
      running_ = current;
      next_ = steady::now();
    }
    while (t.published < t.results && steady::now() >= next_) {
      t.published = piece_bytes_ > 0 && t.interval_ms == 0 ? t.results : t.published + 1;
      next_ += std::chrono::milliseconds{t.interval_ms};
      for (connection* c : followers_[static_cast<std::uint32_t>(current)]) {
        while (pump(*c) && piece_bytes_ > 0) {
        }
      }
      if (t.interval_ms > 0) return;
    }
  }

  // Every event of a task, one behind the other, and where each ends.
  struct prepared {
    std::string text;
    std::vector<std::size_t> ends;
  };

  bench::mini_api api_;
  std::size_t piece_bytes_;
  int epoll_;
  int listener_ = -1;
  int running_ = -1;
  steady::time_point next_{};
  std::unordered_map<std::uint32_t, std::vector<connection*>> followers_;
  prepared made_[2];
};

}  // namespace

int main(int argc, char** argv) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
  floor_server s{argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 250,
                 argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 600,
                 argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 0};
  std::printf("%d\n", s.open());
  std::fflush(stdout);
  s.run();
}
