// What the two halves of the client share: connecting, and Beast's errors in our names.
#pragma once
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/rate_policy.hpp>
#include <boost/beast/http/fields.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/http/client.hpp>

namespace streamdemo::http {

using client_socket = boost::beast::basic_stream<asio::ip::tcp, base::executor, boost::beast::unlimited_rate_policy>;

error client_error(boost::system::error_code ec, std::string_view tried);

// Errors: unavailable, timed_out.
base::awaitable<result<void>> connect_to(client_socket& s, const std::string& host, std::uint16_t port,
                                         base::steady_time deadline);

std::vector<field> to_fields(const boost::beast::http::fields& from);

// One WebSocket connection.
class client_websocket {
 public:
  virtual ~client_websocket() = default;
  virtual base::awaitable<result<client_response>> open(std::string target, std::vector<field> fields,
                                                        base::steady_time deadline) = 0;
  virtual base::awaitable<result<std::string>> read(base::steady_time deadline) = 0;
  virtual base::awaitable<result<void>> write(std::string text, base::steady_time deadline) = 0;
};

std::unique_ptr<client_websocket> make_client_websocket(base::executor ex, std::string host, std::uint16_t port);

}  // namespace streamdemo::http
