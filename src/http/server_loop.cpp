#include "http/server_loop.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <ctime>

#include "http/response_head.hpp"

namespace streamdemo::http {

namespace {

stream_hub::options hub_options(const server_options& o) {
  stream_hub::options out;
  out.max_message_bytes = o.max_message_bytes;
  out.buffers = o.buffers;
  out.write_timeout = o.write_timeout;
  out.heartbeat = o.heartbeat;
  out.ping = o.ping;
  out.pong_timeout = o.pong_timeout;
  return out;
}

}  // namespace

server_parts::server_parts(server_options o, http::handler h, error_page e, base::metrics& m, const base::logger& l)
    : options(std::move(o)),
      handle(std::move(h)),
      page(std::move(e)),
      log(l.child(options.name)),
      streams(m, options.name),
      connections(
          m.gauge("streamdemo_http_connections", "Open connections, streams included", {{"server", options.name}})),
      accepted(m.counter("streamdemo_http_accepted_total", "Connections accepted", {{"server", options.name}})),
      refused(m.counter("streamdemo_http_refused_total", "Connections answered 503 for being too many",
                        {{"server", options.name}})),
      received_bytes(
          m.counter("streamdemo_http_received_bytes_total", "Bytes of requests read", {{"server", options.name}})),
      sent_bytes(m.counter("streamdemo_http_sent_bytes_total", "Bytes of answers written, without streams",
                           {{"server", options.name}})) {
  for (std::size_t digit = 1; digit < answers.size(); ++digit) {
    answers[digit] = &m.counter("streamdemo_http_answers_total", "Answers by class of status",
                                {{"server", options.name}, {"status", fmt::format("{}xx", digit)}});
  }
}

server_loop::server_loop(server_parts& parts, base::executor ex)
    : parts_(parts),
      executor_(ex),
      wheel_(std::chrono::steady_clock::now()),
      ticker_(ex),
      scratch_(std::make_unique<char[]>(scratch_bytes)),
      hub_(ex, wheel_, hub_options(parts.options), parts.streams, parts.log,
           {[this] { closed_one(); }, [this](base::tcp_socket s) { serve_next(std::move(s)); },
            &std::chrono::steady_clock::now}) {}

server_loop::~server_loop() = default;

void server_loop::start() {
  turning_ = true;
  date_second_ = std::time(nullptr);
  date_ = date_field(date_second_);
  turn();
}

void server_loop::turn() {
  ticker_.expires_after(wheel_.tick());
  ticker_.async_wait([this](boost::system::error_code ec) {
    if (ec) return;
    const std::int64_t second = std::time(nullptr);
    if (second != date_second_) {
      date_second_ = second;
      date_ = date_field(second);
    }
    wheel_.advance(std::chrono::steady_clock::now());
    if (draining_ && wheel_.now() >= cut_at_) cut();
    if (draining_ && connections_.empty() && hub_.size() == 0) {
      turning_ = false;
      finish_if_empty();
      return;
    }
    turn();
  });
}

void server_loop::adopt(base::tcp_socket socket, std::string peer, bool refuse) {
  spawn(std::make_shared<connection>(*this, std::move(socket), std::move(peer), connection::use::first), refuse);
}

void server_loop::serve_next(base::tcp_socket socket) {
  boost::system::error_code ec;
  const auto from = socket.remote_endpoint(ec);
  // remote_endpoint() failed: the peer has just disconnected.
  if (ec) return closed_one();
  spawn(std::make_shared<connection>(*this, std::move(socket), from.address().to_string(), connection::use::further),
        false);
}

void server_loop::spawn(std::shared_ptr<connection> c, bool refuse) {
  const auto it = connections_.insert(connections_.end(), c);
  asio::co_spawn(
      executor_, refuse ? c->refuse() : c->run(),
      asio::bind_cancellation_slot(c->signal().slot(), [this, c, it](std::exception_ptr why) { ended(it, why); }));
}

void server_loop::ended(connections::iterator it, std::exception_ptr why) {
  try {
    if (why) std::rethrow_exception(why);
  } catch (const boost::system::system_error& e) {
    if (e.code() != asio::error::operation_aborted) parts_.log.error("bug: a connection ended with: {}", e.what());
  } catch (const std::exception& e) {
    parts_.log.error("bug: a connection ended with: {}", e.what());
  } catch (...) {
    parts_.log.error("bug: a connection ended with an exception of an unknown type");
  }
  if ((*it)->refused()) parts_.refusing_count.fetch_sub(1, std::memory_order_relaxed);
  const bool handed_over = (*it)->handed_over();
  connections_.erase(it);
  if (!handed_over) closed_one();
}

void server_loop::closed_one() {
  parts_.open_count.fetch_sub(1, std::memory_order_relaxed);
  parts_.connections.Decrement();
}

void server_loop::drain(base::steady_time deadline, std::function<void()> empty) {
  draining_ = true;
  cut_at_ = deadline;
  empty_ = std::move(empty);
  hub_.drain();
  // Iterate over a copy: drain() may end a connection at once, which removes it from the list.
  const std::vector<std::shared_ptr<connection>> now(connections_.begin(), connections_.end());
  for (const auto& c : now) c->drain();
  finish_if_empty();
}

void server_loop::cut() {
  hub_.cut();
  const std::vector<std::shared_ptr<connection>> now(connections_.begin(), connections_.end());
  for (const auto& c : now) c->cut();
}

void server_loop::finish_if_empty() {
  // The wheel's next tick sees that nothing is left and stops; this object must live until then.
  if (turning_ || !empty_) return;
  const auto done = std::move(empty_);
  empty_ = nullptr;
  done();
}

}  // namespace streamdemo::http
