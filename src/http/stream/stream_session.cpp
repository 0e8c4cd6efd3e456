#include "http/stream/stream_session.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/socket_base.hpp>
#include <climits>

namespace streamdemo::http {

namespace {

// Up to this size it is cheaper to copy everything into one buffer (a tenth of a microsecond) than to pass several
// buffers to the kernel (a third).
constexpr std::size_t flat_bytes = 4096;

ssize_t write_some(int socket, std::span<iovec> parts, std::size_t bytes) noexcept {
  constexpr int flags = MSG_DONTWAIT | MSG_NOSIGNAL;
  if (bytes <= flat_bytes) {
    std::array<char, flat_bytes> flat;
    char* at = flat.data();
    for (const iovec& part : parts) at = std::copy_n(static_cast<const char*>(part.iov_base), part.iov_len, at);
    return ::send(socket, flat.data(), bytes, flags);
  }
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  return ::sendmsg(socket, &message, flags);
}

}  // namespace

// The handlers that Asio keeps while it waits. A named type, not a lambda, so that it can name the session's memory as
// its allocator.
struct stream_session::readable {
  using allocator_type = handler_allocator<std::byte, wait_bytes>;
  session_ptr session;
  allocator_type get_allocator() const noexcept { return allocator_type{session->read_memory_}; }
  void operator()(const boost::system::error_code& ec) { session->on_readable(ec); }
};

struct stream_session::writable {
  session_ptr session;
  void operator()(const boost::system::error_code& ec) { session->on_writable(ec); }
};

stream_session::stream_session(stream_loop& loop, base::tcp_socket s, std::unique_ptr<stream_source> source)
    : timer_wheel::entry(&stream_session::on_timer),
      loop_(loop),
      source_(std::move(source)),
      quiet_since_(loop.last_turn()),
      socket_(std::move(s)),
      timed_from_(loop.now()) {}

void stream_session::start(std::string leftover) {
  source_->attach(*this);
  rearm();
  queue();
  if (!leftover.empty()) take_input(leftover.data(), leftover.data() + leftover.size());
  if (phase_ != phase::closed) wait_for_input();
}

void stream_session::wake() noexcept {
  if (phase_ == phase::open) queue();
}

void stream_session::queue() {
  if (queued_ || phase_ == phase::closed) return;
  queued_ = true;
  loop_.queue(*this);
}

void stream_session::drain() {
  if (phase_ != phase::open || !source_) return;
  source_->drain();
  queue();
}

void stream_session::run() {
  queued_ = false;
  write();
  if (deaf_ && phase_ != phase::closed) wait_for_input();
}

void stream_session::write() {
  // A backlog must be sent first; on_writable() queues this session again afterwards.
  if (backlog_ || (phase_ != phase::open && phase_ != phase::finishing)) return;
  gather& g = loop_.outgoing();
  const bool more = phase_ == phase::open && compose(g);
  if (!g.empty()) {
    send(g);
    if (phase_ == phase::closed) return;
    if (!g.empty()) {
      backlog_ = std::make_unique<gather>(g.take_rest());
      watch_blocked();
      wait_writable();
      return;
    }
    g.clear();
  }
  if (phase_ == phase::finishing) {
    all_sent();
  } else if (more) {
    queue();
  }
}

// Sends what the socket takes now. If the socket fails, closes it and empties `g`.
void stream_session::send(gather& g) {
  std::array<iovec, IOV_MAX> vectors;
  std::size_t bytes = 0;
  std::size_t calls = 0;
  while (!g.empty()) {
    const gather::offer offer = g.front(vectors);
    const ssize_t n = write_some(socket_.native_handle(), std::span{vectors}.first(offer.count), offer.bytes);
    if (n < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) break;
      g.clear();
      close();
      break;
    }
    ++calls;
    bytes += static_cast<std::size_t>(n);
    g.advance(static_cast<std::size_t>(n));
    if (static_cast<std::size_t>(n) < offer.bytes) break;
  }
  sent_ += static_cast<std::uint32_t>(bytes);
  loop_.count_sent(bytes, calls);
}

void stream_session::wait_for_input() {
  deaf_ = phase_ == phase::open && source_ && !source_->takes_input();
  if (!deaf_) wait_readable();
}

void stream_session::wait_readable() {
  socket_.async_wait(base::tcp_socket::wait_read, readable{session_ptr{this}});
}

void stream_session::wait_writable() {
  socket_.async_wait(base::tcp_socket::wait_write, writable{session_ptr{this}});
}

void stream_session::on_writable(const boost::system::error_code& ec) {
  if (phase_ == phase::closed || !backlog_) return;
  if (ec) return close();
  send(*backlog_);
  if (phase_ == phase::closed) return;
  if (!backlog_->empty()) return wait_writable();
  backlog_.reset();
  // Go through the queue, which catches exceptions of the source.
  queue();
}

void stream_session::on_readable(const boost::system::error_code& ec) {
  if (phase_ == phase::closed) return;
  if (ec) return close();
  const session_ptr keep{this};
  const std::span<char> room = loop_.incoming();
  const ssize_t n = ::recv(socket_.native_handle(), room.data(), room.size(), MSG_DONTWAIT);
  if (n == 0) return on_end_of_input();
  if (n < 0) {
    if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) return close();
  } else if (phase_ == phase::lingering) {
    discard(static_cast<std::size_t>(n));
  } else {
    loop_.guard(*this, [&] { take_input(room.data(), room.data() + n); });
  }
  if (phase_ != phase::closed) wait_for_input();
}

// The peer has disconnected, or at least will send no more. Sent bytes may still arrive; bytes in the backlog are
// dropped.
void stream_session::on_end_of_input() {
  // What was there before the end came still goes out.
  if (queued_) loop_.guard(*this, [&] { write(); });
  if (phase_ == phase::closed) return;
  if (phase_ == phase::lingering) {
    if (left() <= end_of_output) close();
    return;
  }
  if (left() == 0) return close();
  backlog_.reset();
  linger();
}

void stream_session::discard(std::size_t bytes) {
  discarded_ += static_cast<std::uint32_t>(bytes);
  if (discarded_ > max_discarded_bytes) end(under_way());
}

void stream_session::hand_back() {
  phase_ = phase::closed;
  const session_ptr keep{this};
  timer_wheel::entry::cancel();
  boost::system::error_code ignored;
  socket_.cancel(ignored);
  loop_.hand_back(*this, std::move(socket_));
}

void stream_session::await_farewell() {
  phase_ = phase::closing;
  timed_from_ = loop_.now();
  rearm();
}

void stream_session::linger_later() {
  source_.reset();
  phase_ = phase::pausing;
  timed_from_ = loop_.now();
  rearm();
}

void stream_session::linger() {
  source_.reset();
  boost::system::error_code ec;
  socket_.shutdown(base::tcp_socket::shutdown_send, ec);
  if (ec) return close();
  phase_ = phase::lingering;
  discarded_ = 0;
  timed_from_ = loop_.now();
  rearm();
}

void stream_session::end(bool with_reset) noexcept {
  if (phase_ == phase::closed) return;
  phase_ = phase::closed;
  const session_ptr keep{this};
  timer_wheel::entry::cancel();
  boost::system::error_code ignored;
  if (with_reset) {
    close_with_reset(socket_);
  } else {
    socket_.close(ignored);
  }
  backlog_.reset();
  source_.reset();
  loop_.remove(*this);
}

void stream_session::time_out() noexcept {
  loop_.metrics().timed_out.Increment();
  end(under_way());
}

bool stream_session::under_way() noexcept {
  return backlog_ || left() != 0;
}

bool stream_session::input_waits() noexcept {
  pollfd p{socket_.native_handle(), POLLIN, 0};
  return ::poll(&p, 1, 0) == 1;
}

void stream_session::watch_blocked() {
  loop_.metrics().blocked.Increment();
  if (!stuck_) {
    stuck_ = true;
    timed_from_ = loop_.now();
    arrived_ = sent_ - left();
  }
  rearm();
}

// True: bytes wait, and the peer has acknowledged none for write_timeout. Acknowledgements count, not what our kernel
// took or whether the socket is writable: with a slow reader, the send buffer becomes free only in large steps.
bool stream_session::stuck(base::steady_time now) noexcept {
  const std::uint32_t on_the_way = left();
  const std::uint32_t arrived = sent_ - on_the_way;
  if ((on_the_way == 0 && !backlog_) || static_cast<std::int32_t>(arrived - arrived_) > 0) {
    stuck_ = false;
    arrived_ = arrived;
    timed_from_ = now;
    if (!backlog_) return false;
  }
  if (!stuck_) {
    stuck_ = true;
    timed_from_ = now;
    return false;
  }
  return now - timed_from_ >= loop_.settings().write_timeout;
}

void stream_session::rearm() noexcept {
  const stream_hub::options& o = loop_.settings();
  base::steady_time at = timed_from_;
  switch (phase_) {
    case phase::open:
      at = next_time();
      if (stuck_) at = std::min(at, timed_from_ + o.write_timeout);
      break;
    case phase::finishing:
      at += o.write_timeout;
      break;
    case phase::pausing:
      at += o.before_cut;
      break;
    case phase::closing:
      at += o.close_timeout;
      break;
    case phase::lingering:
      at = loop_.now() + o.linger;
      break;
    case phase::closed:
      return;
  }
  loop_.wheel().arm(*this, at);
}

// A drain does not wait for the last bytes.
void stream_session::look_at_last_bytes(base::steady_time now) noexcept {
  if (left() <= end_of_output || loop_.draining()) return close();
  if (stuck(now)) return time_out();
  rearm();
}

void stream_session::on_timer(timer_wheel::entry& e) noexcept {
  auto& self = static_cast<stream_session&>(e);
  const session_ptr keep{&self};
  const base::steady_time now = self.loop_.last_turn();
  if (self.phase_ == phase::pausing) return self.linger();
  if (self.phase_ == phase::closing) return self.time_out();
  if (self.phase_ == phase::lingering) return self.look_at_last_bytes(now);
  if (self.stuck(now)) return self.time_out();
  if (self.phase_ == phase::open) self.on_time(now);
  if (self.phase_ != phase::closed) self.rearm();
}

}  // namespace streamdemo::http
