// The client's side of WebSocket, on Beast's implementation. It shares no code with the server's, so that tests of one
// against the other mean something.
#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "http/client_transport.hpp"
#include "http/client_websocket.hpp"

namespace streamdemo::http {

namespace {

namespace bw = boost::beast::websocket;

class beast_websocket final : public client_websocket {
 public:
  beast_websocket(base::executor ex, std::string host, std::uint16_t port, std::shared_ptr<client_tls> tls,
                  wire_counts& counts)
      : host_(std::move(host)), port_(port), stream_(ex, std::move(tls), counts) {}

  // If this is destroyed inside a completion handler, Beast keeps the transport alive a little longer than `counts`
  // lives. So settle now.
  ~beast_websocket() override { stream_.next_layer().settle(); }

  base::awaitable<result<client_response>> open(std::string target, std::vector<field> fields,
                                                base::steady_time deadline) override {
    const auto connected = co_await stream_.next_layer().connect(host_, port_, deadline);
    if (!connected) co_return connected.error();
    stream_.set_option(bw::stream_base::decorator([fields](bw::request_type& r) {
      for (const auto& f : fields) r.insert(f.name, f.value);
    }));
    stream_.read_message_max(std::size_t{64} << 20);
    bw::response_type answer;
    boost::system::error_code ec;
    const auto authority = fmt::format("{}:{}", host_, port_);
    stream_.next_layer().expires_at(deadline);
    co_await stream_.async_handshake(answer, authority, target, asio::redirect_error(base::use_awaitable, ec));
    if (ec && ec != bw::error::upgrade_declined) co_return client_error(ec, "opening a WebSocket at " + target);
    client_response out;
    out.status = static_cast<int>(answer.result_int());
    out.fields = to_fields(answer.base());
    out.body = answer.body();
    co_return out;
  }

  base::awaitable<result<std::string>> read(base::steady_time deadline) override {
    stream_.next_layer().expires_at(deadline);
    boost::beast::flat_buffer buffer;
    boost::system::error_code ec;
    co_await stream_.async_read(buffer, asio::redirect_error(base::use_awaitable, ec));
    if (ec == bw::error::closed) {
      const auto& why = stream_.reason();
      const std::string_view text{why.reason.data(), why.reason.size()};
      co_return error{errc::closed, fmt::format("{} {}", static_cast<unsigned>(why.code), text)};
    }
    if (ec) co_return client_error(ec, "reading a WebSocket message");
    const auto bytes = buffer.cdata();
    co_return std::string(static_cast<const char*>(bytes.data()), bytes.size());
  }

  base::awaitable<result<void>> write(std::string text, base::steady_time deadline) override {
    stream_.next_layer().expires_at(deadline);
    boost::system::error_code ec;
    stream_.text(true);
    co_await stream_.async_write(asio::buffer(text), asio::redirect_error(base::use_awaitable, ec));
    if (ec) co_return client_error(ec, "writing a WebSocket message");
    co_return result<void>{};
  }

  wire_counts wire() override { return stream_.next_layer().wire(); }

 private:
  const std::string host_;
  const std::uint16_t port_;
  bw::stream<client_transport, false> stream_;
};

}  // namespace

std::vector<field> to_fields(const boost::beast::http::fields& from) {
  std::vector<field> out;
  for (const auto& f : from) {
    const auto name = f.name_string();
    const auto value = f.value();
    out.push_back({std::string(name.data(), name.size()), std::string(value.data(), value.size())});
  }
  return out;
}

std::unique_ptr<client_websocket> make_client_websocket(base::executor ex, std::string host, std::uint16_t port,
                                                        std::shared_ptr<client_tls> tls, wire_counts& counts) {
  return std::make_unique<beast_websocket>(ex, std::move(host), port, std::move(tls), counts);
}

}  // namespace streamdemo::http
