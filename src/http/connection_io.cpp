// How a connection reads bodies, writes bytes, and ends.
#include <poll.h>
#include <sys/socket.h>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>

#include "http/connection.hpp"
#include "http/connection_body.hpp"
#include "http/server_loop.hpp"
#include "http/tcp_end.hpp"

namespace streamdemo::http {

namespace {

// How long a client may keep sending after the last response. Many proxies read the response only after they have sent
// the whole body; if the connection is reset before that, their client never gets the response.
constexpr std::chrono::seconds linger_time{4};
constexpr std::size_t discard_bytes = 1048576;  // per recv()
constexpr std::chrono::seconds skip_time{2};    // for the rest of a small body
constexpr std::chrono::seconds between_looks{1};
constexpr std::string_view please_continue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

long connection::receive(char* data, std::size_t size, int flags) {
  const auto n = ::recv(socket_.native_handle(), data, size, MSG_DONTWAIT | flags);
  if (n > 0) loop_.parts().received_bytes.Increment(static_cast<double>(n));
  return n;
}

base::awaitable<bool> connection::wait(base::tcp_socket::wait_type what) {
  if (gone_ || expired_) co_return false;
  boost::system::error_code ec;
  co_await socket_.async_wait(what, asio::redirect_error(base::use_awaitable, ec));
  co_return !ec && !gone_;
}

// Asks the kernel with poll(), because the handler may read the same socket: recv() here would take its bytes, or not
// see the end of input after them. End of input counts as disconnected, since browsers, curl and proxies do not
// half-close.
bool connection::peer_is_gone() const {
  pollfd p{};
  p.fd = const_cast<base::tcp_socket&>(socket_).native_handle();
  p.events = POLLRDHUP;
  return ::poll(&p, 1, 0) > 0 && (p.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

request_parser::body_step connection::take_body(std::string_view fresh, std::string& into) {
  std::size_t used = 0;
  const auto before = into.size();
  const auto decode = [&](std::string_view bytes) {
    into.resize(before + bytes.size());
    const auto step = parser_.body(bytes, used, into.data() + before, bytes.size());
    into.resize(before + step.size);
    return step;
  };
  if (input_.empty()) {
    const auto step = decode(fresh);
    if (used < fresh.size()) input_.append(fresh.substr(used));
    return step;
  }
  input_.append(fresh);
  const auto step = decode(input_.view());
  input_.consume(used);
  return step;
}

base::awaitable<result<void>> connection::read_body(std::string& into) {
  if (parser_.body_done()) co_return result<void>{};
  std::string_view fresh;
  for (;;) {
    const auto step = take_body(fresh, into);
    fresh = {};
    if (step.state == request_parser::step::failed) {
      closing_ = true;
      co_return error{errc::corrupt, "the body's chunked coding is broken"};
    }
    if (step.size > 0 || step.state == request_parser::step::done) {
      of_piece_.hold(step.size);
      co_return result<void>{};
    }
    if (parser_.expects_continue() && !continued_) {
      continued_ = true;
      if (!co_await write(please_continue, {})) co_return error{errc::closed, "the client went away"};
    }
    auto got = receive(loop_.scratch(), piece_room(server_loop::scratch_bytes));
    if (got < 0 && errno == EAGAIN) {
      of_piece_.release();
      if (!co_await wait(base::tcp_socket::wait_read)) {
        closing_ = true;
        if (expired_) co_return error{errc::timed_out, "the body did not arrive in time"};
        co_return error{errc::closed, "the connection was closed while its body was read"};
      }
      continue;
    }
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      closing_ = true;
      co_return error{errc::closed, "the client went away before the end of its body"};
    }
    fresh = {loop_.scratch(), static_cast<std::size_t>(got)};
  }
}

// Counts the time of this wait against the minimal rate.
base::awaitable<result<void>> connection::read_piece(std::string& into) {
  const auto since = loop_.wheel().now();
  wait_at_most(pace_.left());
  auto got = co_await read_body(into);
  pace_.waited(loop_.wheel().now() - since);
  pace_.received(into.size());
  if (got && pace_.over()) {
    closing_ = true;
    co_return error{errc::timed_out, "the body came too slowly"};
  }
  co_return got;
}

// How many bytes, at most `most`, may be held at once. When the budget is used up, pieces become small; no body is
// refused in the middle.
std::size_t connection::piece_room(std::size_t most) noexcept {
  if (of_piece_.hold(most)) return most;
  of_piece_.release();
  return std::min<std::size_t>(most, loop_.parts().options.buffers->free_each());
}

// Reserves memory for the body in addition to the head. False: the budget has not enough left.
bool connection::keep(std::size_t body_bytes) noexcept {
  return of_request_.hold(parser_.room() + body_bytes);
}

// After a response, reads the rest of a small body, so that the next request can be found after it.
base::awaitable<bool> connection::skip_body() {
  std::string sink;
  wait_at_most(skip_time);
  while (!parser_.body_done()) {
    sink.clear();
    const auto got = co_await read_body(sink);
    if (!got) co_return false;
  }
  co_return true;
}

connection::sent connection::try_write(iovec* parts, int count) {
  msghdr m{};
  m.msg_iov = parts;
  m.msg_iovlen = static_cast<std::size_t>(count);
  for (;;) {
    constexpr int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
    const auto n = count == 1 ? ::send(socket_.native_handle(), parts->iov_base, parts->iov_len, flags)
                              : ::sendmsg(socket_.native_handle(), &m, flags);
    if (n < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN ? sent::some : sent::broken;
    }
    loop_.parts().sent_bytes.Increment(static_cast<double>(n));
    auto left = static_cast<std::size_t>(n);
    bool all = true;
    for (int i = 0; i < count; ++i) {
      const auto taken = std::min(left, parts[i].iov_len);
      parts[i].iov_base = static_cast<char*>(parts[i].iov_base) + taken;
      parts[i].iov_len -= taken;
      left -= taken;
      all = all && parts[i].iov_len == 0;
    }
    if (all) return sent::all;
    // A part was sent. Try again: the socket takes more or reports that it is full.
  }
}

std::optional<std::size_t> connection::write_some(std::string& head, std::string_view body) {
  std::array<iovec, 2> parts{iovec{head.data(), head.size()}, iovec{const_cast<char*>(body.data()), body.size()}};
  const auto s = head.empty() ? try_write(&parts[1], 1) : try_write(parts.data(), 2);
  if (s == sent::broken) return std::nullopt;
  head.erase(0, head.size() - parts[0].iov_len);
  return parts[1].iov_len;
}

base::awaitable<bool> connection::await_room() {
  wait_at_most(loop_.parts().options.write_timeout);
  const bool room = co_await wait(base::tcp_socket::wait_write);
  if (!room && expired_) reset();
  co_return room;
}

base::awaitable<bool> connection::write(std::string_view head, std::string_view body) {
  std::array<iovec, 2> parts{iovec{const_cast<char*>(head.data()), head.size()},
                             iovec{const_cast<char*>(body.data()), body.size()}};
  const auto s = try_write(parts.data(), body.empty() ? 1 : 2);
  if (s != sent::some) co_return s == sent::all;
  // `head` is usually the loop's shared buffer, which the next response overwrites, so copy the rest.
  std::string rest(static_cast<const char*>(parts[0].iov_base), parts[0].iov_len);
  co_return co_await write_rest(std::move(rest), {static_cast<const char*>(parts[1].iov_base), parts[1].iov_len});
}

base::awaitable<bool> connection::write_rest(std::string rest, std::string_view body) {
  std::array<iovec, 2> parts{iovec{rest.data(), rest.size()}, iovec{const_cast<char*>(body.data()), body.size()}};
  const auto timeout = loop_.parts().options.write_timeout;
  std::size_t left = rest.size() + body.size();
  wait_at_most(timeout);
  for (;;) {
    if (!co_await wait(base::tcp_socket::wait_write)) {
      if (expired_) reset();
      co_return false;
    }
    const auto s = try_write(parts.data(), 2);
    if (s != sent::some) co_return s == sent::all;
    const auto now_left = parts[0].iov_len + parts[1].iov_len;
    if (now_left < left) wait_at_most(timeout);
    left = now_left;
  }
}

void connection::reset() {
  close_with_reset(socket_);
  gone_ = true;
}

base::awaitable<void> connection::linger() {
  if (gone_ || !socket_.is_open()) co_return;
  boost::system::error_code ignored;
  socket_.shutdown(base::tcp_socket::shutdown_send, ignored);
  if (ignored) co_return;
  co_await read_on();
  co_await await_arrival();
}

// Reads and discards input, because closing a socket with unread input resets the connection, and the client may then
// lose the response.
base::awaitable<void> connection::read_on() {
  wait_at_most(linger_time);
  while (!expired_ && !gone_) {
    const auto got = receive(nullptr, discard_bytes, MSG_TRUNC);
    if (got > 0) {
      // MSG_TRUNC discards the bytes in the kernel. Yield, so that a client that sends without end does not block the
      // loop.
      co_await asio::post(loop_.executor(), base::use_awaitable);
    } else if (got < 0 && errno == EAGAIN) {
      if (!co_await wait(base::tcp_socket::wait_read)) co_return;
    } else if (got == 0 || errno != EINTR) {
      co_return;
    }
  }
}

// Waits until the client has acknowledged the last bytes, however slowly. If it acknowledges none for write_timeout,
// the connection is reset, so that the kernel does not keep them any longer. A drain does not wait for this.
base::awaitable<void> connection::await_arrival() {
  auto left = unacknowledged(socket_.native_handle());
  auto moved = std::chrono::steady_clock::now();
  base::timer next_look(loop_.executor());
  while (left > end_of_output && !gone_ && !loop_.draining()) {
    // Poll with a timer: waiting for the socket would return at once if it stays readable or has hung up.
    next_look.expires_after(between_looks);
    co_await next_look.async_wait(base::use_awaitable);
    const auto now_left = unacknowledged(socket_.native_handle());
    const auto now = std::chrono::steady_clock::now();
    if (now_left < left) moved = now;
    if (now - moved >= loop_.parts().options.write_timeout) co_return reset();
    left = now_left;
  }
}

}  // namespace streamdemo::http
