// A hub with real loopback sockets, whose time stands still until a test moves it.
#pragma once
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/ip/tcp.hpp>
#include <deque>

#include "http/stream/stream_hub.hpp"
#include "http/timer_wheel.hpp"

namespace streamdemo::http {

// The far end of a connection: a plain socket, read and written by hand.
class peer {
 public:
  explicit peer(int fd) : fd_(fd) {}
  peer(peer&& other) noexcept
      : text_(std::move(other.text_)),
        ended_(other.ended_),
        was_reset_(other.was_reset_),
        fd_(std::exchange(other.fd_, -1)) {}
  ~peer() { leave(); }

  void leave() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  // Ends the connection with a reset.
  void reset() {
    const linger hard{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    leave();
  }
  void send(std::string_view bytes) {
    REQUIRE(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == ssize_t(bytes.size()));
  }
  void end_output() { ::shutdown(fd_, SHUT_WR); }

  // Takes what is there now, at most `max` bytes.
  std::size_t read_some(std::size_t max = 1 << 20) {
    std::string room(max, '\0');
    const ssize_t n = ::recv(fd_, room.data(), max, MSG_DONTWAIT);
    if (n == 0 || (n < 0 && errno != EAGAIN)) ended_ = true;
    was_reset_ = was_reset_ || (n < 0 && errno == ECONNRESET);
    if (n <= 0) return 0;
    text_.append(room.data(), static_cast<std::size_t>(n));
    return static_cast<std::size_t>(n);
  }
  const std::string& text() const { return text_; }
  bool ended() const { return ended_; }
  bool was_reset() const { return was_reset_; }
  int fd() const { return fd_; }

 private:
  std::string text_;
  bool ended_ = false;
  bool was_reset_ = false;
  int fd_;
};

// A source that gives what a test puts into it.
class script_source final : public stream_source {
 public:
  struct shared {
    std::deque<std::string> content;
    bool end = false;
    stream_end how;
    bool throws = false;
    std::string goodbye;  // content that drain() adds before it ends
    std::vector<std::string> heard;
    bool busy = false;  // takes no input
    std::size_t max_half_read = std::numeric_limits<std::size_t>::max();
    stream_sink* sink = nullptr;
    int pulls = 0;
    bool drained = false;
    bool alive = true;

    void give(std::string s) {
      content.push_back(std::move(s));
      if (sink != nullptr) sink->wake();
    }
    void finish(stream_end e = {}) {
      how = std::move(e);
      end = true;
      if (sink != nullptr) sink->wake();
    }
  };
  explicit script_source(std::shared_ptr<shared> s) : shared_(std::move(s)) {}
  ~script_source() override {
    shared_->alive = false;
    shared_->sink = nullptr;
  }

  void attach(stream_sink& sink) override { shared_->sink = &sink; }
  std::size_t max_half_read() const override { return shared_->max_half_read; }
  stream_state pull(std::vector<piece>& out, std::size_t max_bytes) override {
    ++shared_->pulls;
    if (shared_->throws) throw std::runtime_error{"source broke"};
    std::size_t bytes = 0;
    while (!shared_->content.empty() && bytes < max_bytes) {
      const auto text = std::make_shared<const std::string>(std::move(shared_->content.front()));
      shared_->content.pop_front();
      bytes += text->size();
      out.push_back({text, *text});
    }
    if (!shared_->content.empty()) return stream_state::more;
    return shared_->end ? stream_state::end : stream_state::wait;
  }
  stream_end finish() override { return shared_->how; }
  std::string_view heartbeat() const override { return ":\n\n"; }
  void on_text(std::string_view message) override { shared_->heard.emplace_back(message); }
  bool takes_input() const override { return !shared_->busy; }
  void drain() override {
    shared_->drained = true;
    if (!shared_->goodbye.empty()) shared_->content.push_back(shared_->goodbye);
    shared_->end = true;
  }

 private:
  std::shared_ptr<shared> shared_;
};

using script = std::shared_ptr<script_source::shared>;

class stream_fixture {
 public:
  explicit stream_fixture(stream_hub::options o = {})
      : hub_options(o),
        hub(std::make_unique<stream_hub>(
            context.get_executor(), wheel, o, metrics, log,
            stream_hub::callbacks{[this] { ++closed; }, [this](base::tcp_socket s) { free.push_back(std::move(s)); },
                                  [this] { return time; }})) {}

  // Both ends of a new connection. Small buffers make a slow reader slow at once.
  std::pair<base::tcp_socket, peer> connect(int send_buffer = 0, int receive_buffer = 0) {
    base::tcp_acceptor acceptor{context.get_executor(), {asio::ip::address_v4::loopback(), 0}};
    const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer != 0) ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(acceptor.local_endpoint().port());
    REQUIRE(::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    base::tcp_socket s = acceptor.accept();
    if (send_buffer != 0) s.set_option(asio::socket_base::send_buffer_size(send_buffer));
    return {std::move(s), peer{fd}};
  }

  script make_script() { return std::make_shared<script_source::shared>(); }
  peer start_http(const script& s, body_framing framing = body_framing::chunked, int send_buffer = 0,
                  int receive_buffer = 0) {
    auto [socket, far] = connect(send_buffer, receive_buffer);
    hub->start_http(std::move(socket), {}, framing, std::make_unique<script_source>(s));
    return std::move(far);
  }
  peer start_websocket(const script& s, std::string leftover = {}, int send_buffer = 0, int receive_buffer = 0) {
    auto [socket, far] = connect(send_buffer, receive_buffer);
    hub->start_websocket(std::move(socket), std::move(leftover), std::make_unique<script_source>(s));
    return std::move(far);
  }

  // Everything the loop can do now.
  void turn() {
    context.restart();
    context.poll();
  }
  // Turns until it holds; gives up after ten seconds.
  template <class P>
  bool until(P&& holds) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{10};
    while (!holds()) {
      if (std::chrono::steady_clock::now() > give_up) return false;
      context.restart();
      context.run_one_for(std::chrono::milliseconds{1});
    }
    return true;
  }
  bool receives(peer& p, const std::string& all) {
    return until([&] {
      p.read_some();
      return p.text() == all;
    });
  }
  bool ends(peer& p) {
    return until([&] {
      p.read_some();
      return p.ended();
    });
  }
  // Moves time on, in ticks, with turns between them.
  void pass(base::milliseconds d) {
    for (auto left = d; left > base::milliseconds{0}; left -= wheel.tick()) {
      time += wheel.tick();
      wheel.advance(time);
      turn();
    }
  }

  const stream_hub::options hub_options;
  asio::io_context context{1};
  base::steady_time time{std::chrono::hours{1}};
  timer_wheel wheel{time, base::milliseconds{10}};
  base::metrics registry;
  stream_metrics metrics{registry, "test"};
  base::logger log{"test", base::log_level::off};
  int closed = 0;
  std::vector<base::tcp_socket> free;
  std::unique_ptr<stream_hub> hub;
};

// The content of a chunked body; `complete`: its last chunk came.
struct dechunked {
  std::string content;
  int chunks = 0;
  bool complete = false;
};
inline dechunked dechunk(const std::string& text) {
  dechunked d;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t line = text.find("\r\n", at);
    if (line == std::string::npos) return d;
    const std::size_t size = std::stoul(text.substr(at, line - at), nullptr, 16);
    if (size == 0) {
      d.complete = text.substr(line) == "\r\n\r\n";
      return d;
    }
    if (line + 2 + size + 2 > text.size()) return d;
    d.content += text.substr(line + 2, size);
    CHECK(text.substr(line + 2 + size, 2) == "\r\n");
    ++d.chunks;
    at = line + 2 + size + 2;
  }
  return d;
}

}  // namespace streamdemo::http
