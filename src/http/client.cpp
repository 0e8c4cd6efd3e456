#include <boost/asio/redirect_error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/http/client.hpp>

#include "http/client_transport.hpp"
#include "http/client_websocket.hpp"
#include "http/text.hpp"

namespace streamdemo::http {

std::string_view client_response::header(std::string_view name) const noexcept {
  return find_field(fields, name);
}

namespace {

namespace bh = boost::beast::http;

constexpr std::uint64_t max_body = std::uint64_t{1} << 30;

class beast_client final : public client {
 public:
  beast_client(base::executor ex, std::string host, std::uint16_t port, std::shared_ptr<client_tls> tls)
      : executor_(ex), host_(std::move(host)), port_(port), tls_(std::move(tls)) {}

  awaitable<result<client_response>> send(verb v, std::string target, std::vector<field> fields, std::string body,
                                          base::steady_time deadline) override;
  awaitable<result<client_response>> open_stream(std::string target, std::vector<field> fields,
                                                 base::steady_time deadline) override;
  awaitable<result<std::string>> read_some(base::steady_time deadline) override;
  awaitable<result<client_response>> open_websocket(std::string target, std::vector<field> fields,
                                                    base::steady_time deadline) override;
  awaitable<result<std::string>> read_message(base::steady_time deadline) override;
  awaitable<result<void>> write_message(std::string text, base::steady_time deadline) override;
  void disconnect() override;
  wire_counts wire() const override;

 private:
  using request_type = bh::request<bh::string_body>;

  request_type make(verb v, const std::string& target, const std::vector<field>& fields, std::string body) const;
  // Sends the request and reads the response head into `parser`. Uses a new connection if the kept one turns out to be
  // closed.
  template <class Parser>
  awaitable<result<void>> exchange(request_type& r, Parser& parser, base::steady_time deadline);

  const base::executor executor_;
  const std::string host_;
  const std::uint16_t port_;
  const std::shared_ptr<client_tls> tls_;
  wire_counts closed_;  // of connections that are closed
  std::unique_ptr<client_transport> socket_;
  boost::beast::flat_buffer buffer_;
  std::unique_ptr<bh::response_parser<bh::buffer_body>> streaming_;
  std::unique_ptr<client_websocket> websocket_;
};

beast_client::request_type beast_client::make(verb v, const std::string& target, const std::vector<field>& fields,
                                              std::string body) const {
  request_type r;
  r.version(11);
  r.method_string(to_string(v));
  r.target(target);
  const bool ipv6 = host_.find(':') != std::string::npos;
  r.set(bh::field::host, ipv6 ? fmt::format("[{}]:{}", host_, port_) : fmt::format("{}:{}", host_, port_));
  for (const auto& f : fields) {
    if (same_word(f.name, "Host")) r.erase(bh::field::host);
    r.insert(f.name, f.value);
  }
  const bool sized = !body.empty() || v == verb::post || v == verb::put || v == verb::patch;
  r.body() = std::move(body);
  if (sized) r.prepare_payload();
  return r;
}

template <class Parser>
awaitable<result<void>> beast_client::exchange(request_type& r, Parser& parser, base::steady_time deadline) {
  // A server may close a kept connection at any time. Only safe methods are sent again.
  const bool kept = socket_ != nullptr;
  const bool safe = r.method() == bh::verb::get || r.method() == bh::verb::head;
  for (int tries = 0;; ++tries) {
    if (!socket_) {
      buffer_.clear();
      socket_ = std::make_unique<client_transport>(executor_, tls_, closed_);
      const auto connected = co_await socket_->connect(host_, port_, deadline);
      if (!connected) {
        disconnect();
        co_return connected.error();
      }
    }
    socket_->expires_at(deadline);
    boost::system::error_code write_error;
    boost::system::error_code ec;
    co_await bh::async_write(*socket_, r, asio::redirect_error(base::use_awaitable, write_error));
    // A server that refuses a body may answer before it has read all of it, so read the response even if the write
    // failed.
    co_await bh::async_read_header(*socket_, buffer_, parser, asio::redirect_error(base::use_awaitable, ec));
    if (!ec) co_return result<void>{};
    socket_.reset();
    const bool died = ec == bh::error::end_of_stream || ec == asio::error::connection_reset;
    if (kept && safe && tries == 0 && died && !parser.got_some()) continue;
    const auto method = r.method_string();
    co_return client_error(ec, fmt::format("{} {}", std::string_view{method.data(), method.size()},
                                           std::string_view{r.target().data(), r.target().size()}));
  }
}

awaitable<result<client_response>> beast_client::send(verb v, std::string target, std::vector<field> fields,
                                                      std::string body, base::steady_time deadline) {
  if (streaming_) disconnect();
  auto r = make(v, target, fields, std::move(body));
  bh::response_parser<bh::string_body> parser;
  parser.body_limit(max_body);
  parser.header_limit(65536);
  if (v == verb::head) parser.skip(true);
  const auto head = co_await exchange(r, parser, deadline);
  if (!head) co_return head.error();
  boost::system::error_code ec;
  if (!parser.is_done()) {
    co_await bh::async_read(*socket_, buffer_, parser, asio::redirect_error(base::use_awaitable, ec));
  }
  if (ec) {
    disconnect();
    co_return client_error(ec, "reading the answer to " + target);
  }
  if (!parser.keep_alive()) socket_.reset();
  client_response out;
  out.status = static_cast<int>(parser.get().result_int());
  out.fields = to_fields(parser.get().base());
  out.body = std::move(parser.get().body());
  co_return out;
}

awaitable<result<client_response>> beast_client::open_stream(std::string target, std::vector<field> fields,
                                                             base::steady_time deadline) {
  if (streaming_) disconnect();
  auto r = make(verb::get, target, fields, {});
  auto parser = std::make_unique<bh::response_parser<bh::buffer_body>>();
  parser->body_limit(boost::none);
  parser->header_limit(65536);
  const auto head = co_await exchange(r, *parser, deadline);
  if (!head) co_return head.error();
  client_response out;
  out.status = static_cast<int>(parser->get().result_int());
  out.fields = to_fields(parser->get().base());
  streaming_ = std::move(parser);
  co_return out;
}

awaitable<result<std::string>> beast_client::read_some(base::steady_time deadline) {
  if (!streaming_) co_return error{errc::closed, "no stream is open"};
  std::array<char, 16384> piece;
  while (!streaming_->is_done()) {
    auto& body = streaming_->get().body();
    body.data = piece.data();
    body.size = piece.size();
    boost::system::error_code ec;
    socket_->expires_at(deadline);
    co_await bh::async_read_some(*socket_, buffer_, *streaming_, asio::redirect_error(base::use_awaitable, ec));
    const auto got = piece.size() - body.size;
    if (got > 0) co_return std::string(piece.data(), got);
    if (ec && ec != bh::error::need_buffer) {
      disconnect();
      co_return client_error(ec, "reading a stream");
    }
  }
  const bool keep = streaming_->keep_alive();
  streaming_.reset();
  if (!keep) socket_.reset();
  co_return std::string{};
}

awaitable<result<client_response>> beast_client::open_websocket(std::string target, std::vector<field> fields,
                                                                base::steady_time deadline) {
  websocket_ = make_client_websocket(executor_, host_, port_, tls_, closed_);
  auto out = co_await websocket_->open(std::move(target), std::move(fields), deadline);
  if (!out || out->status != 101) websocket_.reset();
  co_return out;
}

awaitable<result<std::string>> beast_client::read_message(base::steady_time deadline) {
  if (!websocket_) co_return error{errc::closed, "no WebSocket is open"};
  co_return co_await websocket_->read(deadline);
}

awaitable<result<void>> beast_client::write_message(std::string text, base::steady_time deadline) {
  if (!websocket_) co_return error{errc::closed, "no WebSocket is open"};
  co_return co_await websocket_->write(std::move(text), deadline);
}

void beast_client::disconnect() {
  streaming_.reset();
  socket_.reset();
  websocket_.reset();
  buffer_.clear();
}

wire_counts beast_client::wire() const {
  auto all = closed_;
  if (socket_) all += socket_->wire();
  if (websocket_) all += websocket_->wire();
  return all;
}

}  // namespace

std::unique_ptr<client> make_client(base::executor ex, std::string host, std::uint16_t port,
                                    std::shared_ptr<client_tls> tls) {
  return std::make_unique<beast_client>(ex, std::move(host), port, std::move(tls));
}

}  // namespace streamdemo::http
