// A small HTTP/1.1 client over one kept-alive connection, for tools and tests. One executor, one call at a time.
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

// What the kernel counted (TCP_INFO) on a client's connections. Bytes are TCP payload: heads, frames, chunk sizes and
// TLS records are in them, repetitions and the heads of TCP and IP are not. Segments are packets, bare ACKs included,
// up to the moment of closing.
struct wire_counts {
  std::uint64_t connections = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t bytes_received = 0;
  std::uint64_t segments_sent = 0;
  std::uint64_t segments_received = 0;
  wire_counts& operator+=(const wire_counts& other) noexcept;
  bool operator==(const wire_counts&) const = default;
};

// How clients speak TLS; shared by any number of them. Every connection makes a full handshake: no session is resumed.
class client_tls {
 public:
  virtual ~client_tls() = default;
};
// `verify`: the server's certificate must be good for its name by the system's authorities.
std::shared_ptr<client_tls> make_client_tls(bool verify);

class client {
 public:
  virtual ~client() = default;

  // Connects when it is not connected. `body` may be empty. Errors: unavailable, timed_out, closed, corrupt,
  // too_large.
  virtual awaitable<result<client_response>> send(verb v, std::string target, std::vector<field> fields,
                                                  std::string body, std::chrono::steady_clock::time_point deadline) = 0;

  // A streaming GET: the head first, then body bytes as they come (chunking removed). read_some gives an empty string
  // at a clean end, and `closed` when the stream was cut before its last chunk.
  virtual awaitable<result<client_response>> open_stream(std::string target, std::vector<field> fields,
                                                         std::chrono::steady_clock::time_point deadline) = 0;
  virtual awaitable<result<std::string>> read_some(std::chrono::steady_clock::time_point deadline) = 0;

  // Upgrades to WebSocket (RFC 6455) on a connection of its own. Then text messages both ways; a close ends with
  // `closed` and "code reason" as its message.
  virtual awaitable<result<client_response>> open_websocket(std::string target, std::vector<field> fields,
                                                            std::chrono::steady_clock::time_point deadline) = 0;
  virtual awaitable<result<std::string>> read_message(std::chrono::steady_clock::time_point deadline) = 0;
  virtual awaitable<result<void>> write_message(std::string text, std::chrono::steady_clock::time_point deadline) = 0;

  // Closes every connection; what it read and wrote stays counted.
  virtual void disconnect() = 0;
  virtual wire_counts wire() const = 0;
};

// Without `tls` it speaks plain HTTP.
std::unique_ptr<client> make_client(base::executor ex, std::string host, std::uint16_t port,
                                    std::shared_ptr<client_tls> tls = nullptr);

}  // namespace streamdemo::http
