#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <ctime>
#include <streamdemo/base/descriptor.hpp>
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/http/server.hpp>

#include "http/listener.hpp"
#include "http/response_head.hpp"
#include "http/server_loop.hpp"
#include "http/text.hpp"

namespace streamdemo::http {

namespace {

std::string address_text(const sockaddr_storage& a) {
  if (a.ss_family == AF_INET) {
    // inet_ntop() takes longer than accept4().
    std::array<unsigned char, 4> b;
    std::memcpy(b.data(), &reinterpret_cast<const sockaddr_in&>(a).sin_addr, b.size());
    std::string text;
    for (const unsigned char part : b) {
      if (!text.empty()) text += '.';
      text += fmt::format_int(part).c_str();
    }
    return text;
  }
  std::array<char, INET6_ADDRSTRLEN> text{};
  const auto& bytes = reinterpret_cast<const sockaddr_in6&>(a).sin6_addr;
  if (::inet_ntop(AF_INET6, &bytes, text.data(), text.size()) == nullptr) return "?";
  return text.data();
}

// The response of connection::refuse() as bytes.
std::string refusal_bytes(const error_page& page, std::int64_t unix_seconds) {
  auto r = page(503, too_many_connections);
  if (find_field(r.fields, "Retry-After").empty()) r.set("Retry-After", "1");
  const auto* body = std::get_if<std::string>(&r.body);
  head_shape shape;
  shape.close = true;
  shape.length = body == nullptr ? 0 : body->size();
  std::string out;
  append_head(out, r.status, r.fields, r.constant_fields, date_field(unix_seconds), shape);
  if (body != nullptr) out += *body;
  return out;
}

class server_impl final : public server {
 public:
  server_impl(server_options o, base::io_threads& threads, handler h, error_page e, base::metrics& metrics,
              const base::logger& log)
      : parts_(std::move(o), std::move(h), std::move(e), metrics, log),
        threads_(threads),
        pause_(threads.executor(0)),
        drained_(threads.executor(0)) {}

  result<void> open() override;
  std::uint16_t port() const override { return port_; }
  void close() override;
  awaitable<void> drain(std::chrono::steady_clock::time_point deadline) override;
  std::size_t connections() const override { return parts_.open_count.load(std::memory_order_relaxed); }

 private:
  void accept_on(listening_socket& l);
  bool accept_ready(listening_socket& l);
  void pause(int why);
  void deal(int fd, const sockaddr_storage& from);
  bool is_full_for(int fd) const;
  void refuse_at_once(base::descriptor socket) const;
  void close_now();

  server_parts parts_;
  base::io_threads& threads_;
  std::vector<std::unique_ptr<server_loop>> loops_;
  std::vector<listening_socket> listeners_;
  base::timer pause_;
  base::notifier drained_;
  std::uint16_t port_ = 0;
  std::size_t next_ = 0;
  std::size_t loops_left_ = 0;
  std::atomic<bool> opened_ = false;  // close() may come from any thread
  bool closed_ = false;
  bool draining_ = false;
  bool pausing_ = false;
  bool starved_ = false;
};

result<void> server_impl::open() {
  auto listeners = open_listeners(threads_.executor(0), parts_.options, parts_.log);
  if (!listeners) return listeners.error();
  listeners_ = std::move(*listeners);
  port_ = listeners_.front().acceptor.local_endpoint().port();
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    loops_.push_back(std::make_unique<server_loop>(parts_, threads_.executor(i)));
  }
  for (std::size_t i = 0; i < threads_.size(); ++i) {
    asio::post(threads_.executor(i), [loop = loops_[i].get()] { loop->start(); });
  }
  asio::post(threads_.executor(0), [this] {
    for (auto& l : listeners_) accept_on(l);
  });
  opened_ = true;
  for (const auto& l : listeners_) {
    parts_.log.info("listening on {} port {}", l.address, l.acceptor.local_endpoint().port());
  }
  return {};
}

void server_impl::accept_on(listening_socket& l) {
  if (!l.acceptor.is_open()) return;
  l.acceptor.async_wait(base::tcp_acceptor::wait_read, [this, &l](boost::system::error_code ec) {
    if (ec || !l.acceptor.is_open()) return;
    if (accept_ready(l)) accept_on(l);
  });
}

// Accepts the waiting connections. False: the system is out of descriptors or memory, and accepting continues later.
bool server_impl::accept_ready(listening_socket& l) {
  constexpr int at_once = 64;  // then other work of the loop gets its turn
  for (int i = 0; i < at_once; ++i) {
    sockaddr_storage from{};
    socklen_t size = sizeof from;
    const int fd =
        ::accept4(l.acceptor.native_handle(), reinterpret_cast<sockaddr*>(&from), &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0) {
      starved_ = false;
      deal(fd, from);
      continue;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return true;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      pause(errno);
      return false;
    }
    // Any other error concerns only the connection that was to be accepted, which is gone already.
  }
  return true;
}

// Waits before accepting again: the listening socket stays readable, so waiting for it at once would be a busy loop.
void server_impl::pause(int why) {
  if (!starved_) {
    parts_.log.error(
        "cannot accept connections: {}; raise the limit of open files (ulimit -n) or lower "
        "{}.max_connections; trying again all the time",
        std::strerror(why), parts_.options.name);
  }
  starved_ = true;
  if (pausing_) return;
  pausing_ = true;
  pause_.expires_after(std::chrono::milliseconds{100});
  pause_.async_wait([this](boost::system::error_code ec) {
    if (ec) return;
    pausing_ = false;
    for (auto& l : listeners_) {
      if (!l.acceptor.is_open()) continue;
      boost::system::error_code ignored;
      l.acceptor.cancel(ignored);  // other listeners may already wait, and each must have only one wait
      accept_on(l);
    }
  });
}

// The kernel always assigns the lowest free descriptor, so one at the bound means that all below it are in use.
bool server_impl::is_full_for(int fd) const {
  const auto refusing = parts_.refusing_count.load(std::memory_order_relaxed);
  return fd >= parts_.options.descriptors_below ||
         connections() - std::min(refusing, connections()) >= parts_.options.max_connections;
}

// Over the limit a connection is still accepted and answered with 503: left in the backlog it would hang without an
// answer, and a proxy in front would consider this server dead. The number of connections that are being refused is
// bounded, too; beyond that they are answered and closed at once.
void server_impl::deal(int fd, const sockaddr_storage& from) {
  constexpr std::size_t max_refusing = 256;
  const bool refuse = is_full_for(fd);
  (refuse ? parts_.refused : parts_.accepted).Increment();
  if (refuse && (fd >= parts_.options.refusals_below || parts_.refusing_count >= max_refusing)) {
    return refuse_at_once(base::descriptor(fd));
  }
  const auto index = next_++ % loops_.size();
  base::tcp_socket socket(threads_.executor(index));
  boost::system::error_code ec;
  socket.assign(from.ss_family == AF_INET6 ? asio::ip::tcp::v6() : asio::ip::tcp::v4(), fd, ec);
  if (ec) {
    ::close(fd);
    parts_.log.error("cannot watch an accepted socket: {}", ec.message());
    return;
  }
  if (refuse) parts_.refusing_count.fetch_add(1, std::memory_order_relaxed);
  parts_.open_count.fetch_add(1, std::memory_order_relaxed);
  parts_.connections.Increment();
  auto* loop = loops_[index].get();
  asio::dispatch(threads_.executor(index), [loop, refuse, s = std::move(socket), peer = address_text(from)]() mutable {
    loop->adopt(std::move(s), std::move(peer), refuse);
  });
}

// Reads what has arrived before it closes, since unread input would reset the connection and may lose the response.
// Input that arrives later can still cause that.
void server_impl::refuse_at_once(base::descriptor socket) const {
  const auto answer = refusal_bytes(parts_.page, std::time(nullptr));
  ::send(socket.get(), answer.data(), answer.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(socket.get(), SHUT_WR);
  std::array<char, 16384> unread;
  ::recv(socket.get(), unread.data(), unread.size(), MSG_DONTWAIT);
}

void server_impl::close() {
  if (!opened_) return;
  asio::dispatch(threads_.executor(0), [this] { close_now(); });
}

void server_impl::close_now() {
  if (closed_) return;
  closed_ = true;
  boost::system::error_code ignored;
  for (auto& l : listeners_) {
    // Clients that are already in the backlog get an answer; closing the listener would reset them. Not those of a
    // passed socket: they wait for the next process.
    if (parts_.options.passed_sockets.empty()) accept_ready(l);
    l.acceptor.close(ignored);
  }
  pause_.cancel();
}

awaitable<void> server_impl::drain(std::chrono::steady_clock::time_point deadline) {
  if (!opened_) co_return;
  close_now();
  if (!draining_) {
    draining_ = true;
    loops_left_ = loops_.size();
    for (std::size_t i = 0; i < loops_.size(); ++i) {
      asio::post(threads_.executor(i), [this, deadline, loop = loops_[i].get()] {
        loop->drain(deadline, [this] {
          asio::post(threads_.executor(0), [this] {
            --loops_left_;
            drained_.notify_all();
          });
        });
      });
    }
  }
  while (loops_left_ > 0) co_await drained_.wait();
}

}  // namespace

std::unique_ptr<server> make_server(server_options o, base::io_threads& threads, handler h, error_page e,
                                    base::metrics& metrics, const base::logger& log) {
  return std::make_unique<server_impl>(std::move(o), threads, std::move(h), std::move(e), metrics, log);
}

}  // namespace streamdemo::http
