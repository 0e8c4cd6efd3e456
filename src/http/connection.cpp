// The lifecycle of a connection: reading heads, running handlers, ending. connection_answer.cpp sends responses, and
// connection_io.cpp reads and writes bytes.
#include "http/connection.hpp"

#include <boost/asio/post.hpp>

#include "http/connection_body.hpp"
#include "http/server_loop.hpp"

namespace streamdemo::http {

namespace {

// A client that has just connected may have its request on the way when a drain begins.
constexpr std::chrono::seconds first_request_in_drain{1};

}  // namespace

connection::connection(server_loop& loop, base::tcp_socket socket, std::string peer, use u)
    : entry([](entry& e) noexcept { static_cast<connection&>(e).on_time(); }),
      loop_(loop),
      socket_(std::move(socket)),
      parser_(request_, loop.parts().options.max_header_bytes),
      of_request_(loop.parts().options.buffers),
      of_piece_(loop.parts().options.buffers),
      first_(u == use::first) {
  request_.peer = std::move(peer);
}

connection::~connection() {
  if (body_) body_->detach();
}

base::awaitable<void> connection::run() {
  constexpr int in_a_row = 16;
  for (int served = 0;;) {
    const bool waiting = !input_.empty();
    const auto n = co_await read_head();
    if (n == next::close) break;
    if (n == next::refuse) {
      co_await answer_error(parser_.why().status, parser_.why().detail);
      break;
    }
    if (n == next::full) {
      input_.forget();
      co_await answer_error(503, std::string(no_room));
      break;
    }
    reply r;
    if (!co_await handle(r)) co_return;
    const bool more = co_await answer(r);
    of_piece_.release();
    if (!more) break;
    if (handed_over_) co_return;
    // A client that keeps pipelining requests must let other connections run in between.
    served = waiting ? served + 1 : 0;
    if (served == in_a_row) {
      served = 0;
      co_await asio::post(loop_.executor(), base::use_awaitable);
    }
  }
  input_.forget();
  of_request_.release();
  co_await linger();
}

base::awaitable<void> connection::refuse() {
  refused_ = true;
  co_await answer_error(503, std::string(too_many_connections));
  co_await linger();
}

base::awaitable<connection::next> connection::read_head() {
  const auto& o = loop_.parts().options;
  parser_.reset();
  of_request_.hold(input_.capacity());
  idle_ = input_.empty();
  wait_at_most(first_ || !idle_ ? o.request_timeout : o.idle_timeout);
  if (loop_.draining() && idle_) {
    if (!first_) co_return next::close;
    wait_at_most(first_request_in_drain);
  }
  auto step = idle_ ? request_parser::step::more : parse({});
  // A busy server accepts a socket after its first request has come.
  bool may_have_come = idle_ && first_;
  while (step == request_parser::step::more) {
    if (!of_request_.hold(input_.capacity())) co_return next::full;
    if (!std::exchange(may_have_come, false) && !co_await wait(base::tcp_socket::wait_read)) {
      if (expired_ && !gone_ && !idle_) co_await answer_error(408, "the request head did not arrive in time");
      // A drain ends the wait of an idle connection. A request that arrived at the same moment is still answered.
      if (expired_ || gone_ || !loop_.draining()) co_return next::close;
    }
    const auto got = receive(loop_.scratch(), piece_room(server_loop::scratch_bytes));
    of_piece_.release();
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
      if (idle_ && !first_ && loop_.draining()) co_return next::close;
      continue;
    }
    if (got <= 0) {
      gone_ = true;
      co_return next::close;
    }
    if (idle_) {
      idle_ = false;
      wait_at_most(o.request_timeout);  // for the whole head, however slowly it arrives
    }
    step = parse({loop_.scratch(), static_cast<std::size_t>(got)});
  }
  idle_ = false;
  first_ = false;
  if (step == request_parser::step::failed) {
    closing_ = true;
    co_return next::refuse;
  }
  if (!of_request_.hold(parser_.room() + input_.capacity())) co_return next::full;
  continued_ = false;
  closing_ = closing_ || !parser_.keep_alive() || loop_.draining();
  co_return next::request;
}

// Parses directly from the shared scratch memory, without a copy, when no bytes are left from before.
request_parser::step connection::parse(std::string_view fresh) {
  std::size_t used = 0;
  if (input_.empty()) {
    const auto step = parser_.head(fresh, used);
    if (used < fresh.size()) input_.append(fresh.substr(used));
    return step;
  }
  input_.append(fresh);
  const auto step = parser_.head(input_.view(), used);
  input_.consume(used);
  return step;
}

// False: the connection was cut, or the client disconnected while the handler ran.
base::awaitable<bool> connection::handle(reply& out) {
  if (!body_) body_ = std::make_shared<connection_body>(*this);
  request_.body = body_;
  const auto& o = loop_.parts().options;
  pace_.begin(o.idle_timeout, o.min_body_bytes_per_second);
  ++handled_;
  watch_peer();
  std::string failure;
  try {
    out = co_await loop_.parts().handle(request_);
  } catch (const std::exception& e) {
    failure = e.what();
    if (failure.empty()) failure = "an exception without a text";
  } catch (...) {
    failure = "an exception of an unknown type";
  }
  cancel();
  // If somebody still holds the body reader, detach it: it must not read the bytes of the next request.
  if (body_.use_count() > (request_.body == body_ ? 2 : 1)) {
    body_->detach();
    body_.reset();
  }
  watch_ = watch::nothing;
  if (gone_) co_return false;
  if (!failure.empty()) {
    loop_.parts().log.error("bug: {} {} failed: {}", to_string(request_.verb), request_.path, failure);
    out = loop_.parts().page(500, "the server failed at this request; its log says why");
  }
  co_return true;
}

void connection::drain() {
  if (!idle_) return;
  if (first_) return wait_at_most(first_request_in_drain);
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

void connection::cut() {
  const auto self = shared_from_this();
  gone_ = true;
  boost::system::error_code ignored;
  if (socket_.is_open()) socket_.cancel(ignored);
  signal_.emit(asio::cancellation_type::terminal);
}

void connection::wait_at_most(base::steady_time::duration d) {
  watch_ = watch::deadline;
  expired_ = false;
  loop_.wheel().arm_after(*this, d);
}

void connection::watch_peer() {
  watch_ = watch::peer;
  loop_.wheel().arm_after(*this, std::chrono::seconds{1});
}

void connection::on_time() {
  if (watch_ == watch::deadline) {
    expired_ = true;
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  } else if (watch_ == watch::peer) {
    await_peer();
  }
}

// Most handlers end before this first check after a second. From then on, wait for the socket to become readable
// instead of polling it: with thousands of long waits, one check per second each would be most of their cost.
void connection::await_peer() {
  if (peer_is_gone()) return cut();
  socket_.async_wait(base::tcp_socket::wait_read,
                     [weak = weak_from_this(), handled = handled_](boost::system::error_code ec) {
                       const auto self = weak.lock();
                       if (ec || !self || self->watch_ != watch::peer || self->handled_ != handled) return;
                       if (self->peer_is_gone()) return self->cut();
                       self->watch_peer();  // a pipelined request arrived and may hide the end of input: poll again
                     });
}

}  // namespace streamdemo::http
