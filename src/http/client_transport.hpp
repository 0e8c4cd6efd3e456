// One connection of the client, plain or TLS, as one stream type, so that Beast's algorithms are compiled only once.
#pragma once
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/rate_policy.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <boost/container/static_vector.hpp>
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

// A type-erased handler of reads or writes. With it the operations of each stream are compiled once, and not again for
// every algorithm of Beast that reads or writes.
class io_handler {
 public:
  virtual ~io_handler() = default;
  // Destroys this object, then calls the handler.
  virtual void complete(boost::system::error_code ec, std::size_t bytes) = 0;
  virtual asio::cancellation_slot slot() const noexcept = 0;
};
using io_handler_ptr = std::unique_ptr<io_handler>;

// The most buffers that one read or write uses; the rest is left for the next call, as read_some and write_some allow.
template <class Buffer>
using pieces = boost::container::static_vector<Buffer, 16>;

class client_transport {
 public:
  using executor_type = client_socket::executor_type;

  // Its counters are added to `counts`, which must live until settle() or the end of this object. `tls` may be null.
  client_transport(base::executor ex, std::shared_ptr<client_tls> tls, wire_counts& counts);
  ~client_transport();
  client_transport(const client_transport&) = delete;

  // Resolves the name, connects, and does the TLS handshake. Errors: unavailable, timed_out, closed, corrupt (TLS).
  base::awaitable<result<void>> connect(std::string host, std::uint16_t port, base::steady_time deadline);
  // The deadline of every read and write from now on.
  void expires_at(base::steady_time deadline) { socket().expires_at(deadline); }
  // The counters of this connection; all zero once settle() was called.
  wire_counts wire() const noexcept;
  // Adds wire() to `counts`, once. Must be called before the socket is closed, because the kernel then drops the
  // counters.
  void settle() noexcept;

  executor_type get_executor() noexcept { return socket().get_executor(); }
  client_socket& socket() noexcept { return tls_stream_ ? tls_stream_->next_layer() : *plain_; }
  const client_socket& socket() const noexcept { return tls_stream_ ? tls_stream_->next_layer() : *plain_; }

  // Required by Asio's AsyncReadStream and AsyncWriteStream. The handler runs on the transport's executor.
  template <class Buffers, class Token>
  auto async_read_some(const Buffers& to, Token&& token) {
    const auto start = [this](auto&& handler, pieces<asio::mutable_buffer> into) {
      read_some(std::move(into), erased(std::forward<decltype(handler)>(handler)));
    };
    return asio::async_initiate<Token, io_signature>(start, token, in_pieces<asio::mutable_buffer>(to));
  }
  template <class Buffers, class Token>
  auto async_write_some(const Buffers& from, Token&& token) {
    const auto start = [this](auto&& handler, pieces<asio::const_buffer> of) {
      write_some(std::move(of), erased(std::forward<decltype(handler)>(handler)));
    };
    return asio::async_initiate<Token, io_signature>(start, token, in_pieces<asio::const_buffer>(from));
  }

 private:
  using io_signature = void(boost::system::error_code, std::size_t);

  template <class Handler>
  struct erased_handler final : io_handler {
    explicit erased_handler(Handler h) : handler(std::move(h)) {}
    void complete(boost::system::error_code ec, std::size_t bytes) override {
      auto h = std::move(handler);
      delete this;
      std::move(h)(ec, bytes);
    }
    asio::cancellation_slot slot() const noexcept override { return asio::get_associated_cancellation_slot(handler); }
    Handler handler;
  };
  template <class Handler>
  static io_handler_ptr erased(Handler&& h) {
    return std::make_unique<erased_handler<std::decay_t<Handler>>>(std::forward<Handler>(h));
  }

  template <class Buffer, class Buffers>
  static pieces<Buffer> in_pieces(const Buffers& all) {
    pieces<Buffer> out;
    const auto end = asio::buffer_sequence_end(all);
    for (auto it = asio::buffer_sequence_begin(all); it != end && out.size() < out.capacity(); ++it) {
      if (Buffer b(*it); b.size() > 0) out.push_back(b);
    }
    return out;
  }

  void read_some(pieces<asio::mutable_buffer> to, io_handler_ptr done);
  void write_some(pieces<asio::const_buffer> from, io_handler_ptr done);

  wire_counts& counts_;
  bool settled_ = false;
  std::shared_ptr<client_tls_context> tls_;
  std::optional<client_socket> plain_;
  std::optional<asio::ssl::stream<client_socket>> tls_stream_;
};

// Beast's WebSocket calls this to end the underlying connection. TLS is cut without close_notify, as by most clients.
template <class Handler>
void async_teardown(boost::beast::role_type role, client_transport& t, Handler&& handler) {
  using boost::beast::websocket::async_teardown;
  t.settle();
  async_teardown(role, t.socket(), std::forward<Handler>(handler));
}

// Beast's WebSocket calls this to close the socket at once.
inline void beast_close_socket(client_transport& t) {
  t.settle();
  t.socket().close();
}

error client_error(boost::system::error_code ec, std::string_view tried);

}  // namespace streamdemo::http
