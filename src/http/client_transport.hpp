// One connection of the client, plain or TLS, as the one stream type that Beast's algorithms are compiled for.
#pragma once
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/rate_policy.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/http/client.hpp>

namespace streamdemo::http {

using client_socket = boost::beast::basic_stream<asio::ip::tcp, base::executor, boost::beast::unlimited_rate_policy>;

class client_tls_context final : public client_tls {
 public:
  explicit client_tls_context(bool verify);
  asio::ssl::context& get() noexcept { return context_; }
  bool verify() const noexcept { return verify_; }

 private:
  bool verify_;
  asio::ssl::context context_;
};

class client_transport {
 public:
  using executor_type = client_socket::executor_type;

  // What it counted is added to `counts`, which lives until it is settled or ends. `tls` may be null.
  client_transport(base::executor ex, std::shared_ptr<client_tls> tls, wire_counts& counts);
  ~client_transport();
  client_transport(const client_transport&) = delete;

  // Looks up, connects, shakes hands. Errors: unavailable, timed_out, corrupt (TLS).
  base::awaitable<result<void>> connect(std::string host, std::uint16_t port, base::steady_time deadline);
  // Of every read and write after it.
  void expires_at(base::steady_time deadline) { socket().expires_at(deadline); }
  // Of a connection that was not settled yet.
  wire_counts wire() const noexcept;
  // Adds it to `counts`, once: before the socket is closed, after which the kernel no longer knows.
  void settle() noexcept;

  executor_type get_executor() noexcept { return socket().get_executor(); }
  client_socket& socket() noexcept { return tls_stream_ ? tls_stream_->next_layer() : *plain_; }
  const client_socket& socket() const noexcept { return tls_stream_ ? tls_stream_->next_layer() : *plain_; }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& to, Token&& token) {
    return tls_stream_ ? tls_stream_->async_read_some(to, std::forward<Token>(token))
                       : plain_->async_read_some(to, std::forward<Token>(token));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& from, Token&& token) {
    return tls_stream_ ? tls_stream_->async_write_some(from, std::forward<Token>(token))
                       : plain_->async_write_some(from, std::forward<Token>(token));
  }

 private:
  wire_counts& counts_;
  bool settled_ = false;
  std::shared_ptr<client_tls_context> tls_;
  std::optional<client_socket> plain_;
  std::optional<asio::ssl::stream<client_socket>> tls_stream_;
};

// What Beast's WebSocket asks of its stream: how to end the connection below. TLS is cut without a farewell, as most
// clients do.
template <class Handler>
void async_teardown(boost::beast::role_type role, client_transport& t, Handler&& handler) {
  using boost::beast::websocket::async_teardown;
  t.settle();
  async_teardown(role, t.socket(), std::forward<Handler>(handler));
}

// And how to close it.
inline void beast_close_socket(client_transport& t) {
  t.settle();
  t.socket().close();
}

error client_error(boost::system::error_code ec, std::string_view tried);

}  // namespace streamdemo::http
