#include "http/client_transport.hpp"

#include <openssl/ssl.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>

#include "http/tcp_counters.hpp"

namespace streamdemo::http {

namespace {

base::awaitable<result<std::vector<asio::ip::tcp::endpoint>>> look_up(base::executor ex, std::string host,
                                                                      std::uint16_t port) {
  using resolver_type = asio::ip::basic_resolver<asio::ip::tcp, base::executor>;
  boost::system::error_code ec;
  std::vector<asio::ip::tcp::endpoint> endpoints;
  const auto literal = asio::ip::make_address(host, ec);
  if (!ec) {
    endpoints.emplace_back(literal, port);
    co_return endpoints;
  }
  resolver_type resolver(ex);
  const auto found =
      co_await resolver.async_resolve(host, std::to_string(port), asio::redirect_error(base::use_awaitable, ec));
  const auto tried = fmt::format("looking up {}", host);
  if (ec) co_return client_error(ec, tried);
  for (const auto& f : found) endpoints.push_back(f.endpoint());
  co_return endpoints;
}

}  // namespace

client_tls_context::client_tls_context(bool verify) : verify_(verify), context_(asio::ssl::context::tls_client) {
  boost::system::error_code ec;
  if (verify) context_.set_default_verify_paths(ec);
  context_.set_verify_mode(verify ? asio::ssl::verify_peer : asio::ssl::verify_none, ec);
}

std::shared_ptr<client_tls> make_client_tls(bool verify) {
  return std::make_shared<client_tls_context>(verify);
}

error client_error(boost::system::error_code ec, std::string_view tried) {
  namespace bh = boost::beast::http;
  auto code = errc::unavailable;
  if (ec == boost::beast::error::timeout) {
    code = errc::timed_out;
  } else if (ec == asio::error::operation_aborted) {
    code = errc::canceled;
  } else if (ec == asio::error::eof || ec == bh::error::end_of_stream || ec == bh::error::partial_message ||
             ec == asio::error::connection_reset || ec == asio::error::broken_pipe ||
             ec == asio::ssl::error::stream_truncated) {
    code = errc::closed;
  } else if (ec == bh::error::body_limit || ec == bh::error::header_limit) {
    code = errc::too_large;
  } else if (ec.category() == bh::make_error_code(bh::error::bad_method).category() ||
             ec.category() == asio::error::get_ssl_category()) {
    code = errc::corrupt;
  }
  return {code, fmt::format("{}: {}", tried, ec.message())};
}

client_transport::client_transport(base::executor ex, std::shared_ptr<client_tls> tls, wire_counts& counts)
    : counts_(counts), tls_(std::static_pointer_cast<client_tls_context>(std::move(tls))) {
  if (tls_) {
    tls_stream_.emplace(ex, tls_->get());
  } else {
    plain_.emplace(ex);
  }
}

client_transport::~client_transport() {
  settle();
}

wire_counts client_transport::wire() const noexcept {
  const auto& s = socket().socket();
  // native_handle() is not const in Asio.
  return s.is_open() && !settled_ ? tcp_counters(const_cast<base::tcp_socket&>(s).native_handle()) : wire_counts{};
}

void client_transport::settle() noexcept {
  if (settled_) return;
  counts_ += wire();
  settled_ = true;
}

namespace {

// The type-erased handler that is passed to the TCP stream or the TLS stream.
class completion {
 public:
  explicit completion(io_handler_ptr done) : slot_(done->slot()), done_(std::move(done)) {}
  void operator()(boost::system::error_code ec, std::size_t bytes) { done_.release()->complete(ec, bytes); }

  using cancellation_slot_type = asio::cancellation_slot;
  cancellation_slot_type get_cancellation_slot() const noexcept { return slot_; }

 private:
  asio::cancellation_slot slot_;
  io_handler_ptr done_;
};

}  // namespace

void client_transport::read_some(pieces<asio::mutable_buffer> to, io_handler_ptr done) {
  if (tls_stream_) return tls_stream_->async_read_some(to, completion(std::move(done)));
  plain_->async_read_some(to, completion(std::move(done)));
}

void client_transport::write_some(pieces<asio::const_buffer> from, io_handler_ptr done) {
  if (tls_stream_) return tls_stream_->async_write_some(from, completion(std::move(done)));
  plain_->async_write_some(from, completion(std::move(done)));
}

base::awaitable<result<void>> client_transport::connect(std::string host, std::uint16_t port,
                                                        base::steady_time deadline) {
  const auto endpoints = co_await look_up(get_executor(), host, port);
  if (!endpoints) co_return endpoints.error();
  boost::system::error_code ec;
  expires_at(deadline);
  co_await socket().async_connect(*endpoints, asio::redirect_error(base::use_awaitable, ec));
  if (ec) co_return client_error(ec, fmt::format("connecting to {} port {}", host, port));
  socket().socket().set_option(asio::ip::tcp::no_delay(true), ec);
  if (tls_stream_) {
    ::SSL_set_tlsext_host_name(tls_stream_->native_handle(), host.c_str());
    if (tls_->verify()) tls_stream_->set_verify_callback(asio::ssl::host_name_verification(host), ec);
    co_await tls_stream_->async_handshake(asio::ssl::stream_base::client,
                                          asio::redirect_error(base::use_awaitable, ec));
    if (ec) co_return client_error(ec, fmt::format("the TLS handshake with {} port {}", host, port));
  }
  co_return result<void>{};
}

}  // namespace streamdemo::http
