// A small HTTP/1.1 client over one keep-alive connection, for tools and tests. One executor, one call at a time.
#pragma once
#include <streamdemo/http/message.hpp>

#include <chrono>

namespace streamdemo::http {

struct client_response {
  int status = 0;
  std::vector<field> fields;
  std::string body;
  std::string_view header(std::string_view name) const noexcept;
};

// What the kernel counted (TCP_INFO) on a client's connections. Bytes are TCP payload: HTTP headers, frames, chunk
// sizes and TLS records count, retransmissions and the headers of TCP and IP do not. Segments are packets, bare ACKs
// included, until the connection was closed.
struct wire_counts {
  std::uint64_t connections = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t segments_sent = 0;
  std::uint64_t segments_received = 0;
  wire_counts& operator+=(const wire_counts& other) noexcept;
  bool operator==(const wire_counts&) const = default;
};

// The TLS settings of clients; any number of them may share one object. Every connection makes a full handshake: no
// session is resumed.
class client_tls {
 public:
  virtual ~client_tls() = default;
};
// `verify`: the server's certificate must match its name and be trusted by the system's authorities.
std::shared_ptr<client_tls> make_client_tls(bool verify);

class client {
 public:
  virtual ~client() = default;

  // Connects first if there is no connection. `body` may be empty. Errors: unavailable, timed_out, closed, corrupt,
  // too_large.
  virtual awaitable<result<client_response>> send(verb v, std::string target, std::vector<field> fields,
                                                  std::string body, std::chrono::steady_clock::time_point deadline) = 0;

  // A streaming GET. Returns the head; read_some() then returns body bytes as they arrive, without the chunked coding.
  // It returns an empty string at a complete end, and errc::closed when the stream was cut before its last chunk.
  virtual awaitable<result<client_response>> open_stream(std::string target, std::vector<field> fields,
                                                         std::chrono::steady_clock::time_point deadline) = 0;
  virtual awaitable<result<std::string>> read_some(std::chrono::steady_clock::time_point deadline) = 0;

  // Upgrades to WebSocket (RFC 6455) on a connection of its own, for text messages in both directions. After a close,
  // read_message() fails with errc::closed and "code reason" as its text.
  virtual awaitable<result<client_response>> open_websocket(std::string target, std::vector<field> fields,
                                                            std::chrono::steady_clock::time_point deadline) = 0;
  virtual awaitable<result<std::string>> read_message(std::chrono::steady_clock::time_point deadline) = 0;
  virtual awaitable<result<void>> write_message(std::string text, std::chrono::steady_clock::time_point deadline) = 0;

  // Closes every connection. wire() still includes what they counted.
  virtual void disconnect() = 0;
  virtual wire_counts wire() const = 0;
};

// `tls` null: plain HTTP.
std::unique_ptr<client> make_client(base::executor ex, std::string host, std::uint16_t port,
                                    std::shared_ptr<client_tls> tls = nullptr);

}  // namespace streamdemo::http
