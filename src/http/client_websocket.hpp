// The client's side of WebSocket.
#pragma once
#include <boost/beast/http/fields.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/http/client.hpp>

namespace streamdemo::http {

std::vector<field> to_fields(const boost::beast::http::fields& from);

// One WebSocket connection.
class client_websocket {
 public:
  virtual ~client_websocket() = default;
  virtual base::awaitable<result<client_response>> open(std::string target, std::vector<field> fields,
                                                        base::steady_time deadline) = 0;
  virtual base::awaitable<result<std::string>> read(base::steady_time deadline) = 0;
  virtual base::awaitable<result<void>> write(std::string text, base::steady_time deadline) = 0;
  virtual wire_counts wire() = 0;
};

// When the connection ends, its counters are added to `counts`, which must outlive it.
std::unique_ptr<client_websocket> make_client_websocket(base::executor ex, std::string host, std::uint16_t port,
                                                        std::shared_ptr<client_tls> tls, wire_counts& counts);

}  // namespace streamdemo::http
