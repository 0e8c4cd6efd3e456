// Requests and responses of the generic HTTP server, without the types of any library. Knows no task and no bus.
#pragma once
#include <streamdemo/base/asio.hpp>
#include <streamdemo/base/error.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace streamdemo::http {

using base::awaitable;
using base::errc;
using base::error;
using base::result;

enum class verb { get, head, post, put, delete_, options, patch, other };
std::string_view to_string(verb v) noexcept;
// Whether the method is safe, that is, changes nothing (RFC 9110 section 9.2.1).
constexpr bool is_safe(verb v) noexcept {
  return v == verb::get || v == verb::head || v == verb::options;
}

struct field {
  std::string name;
  std::string value;
};

// The body of a request, which the endpoint pulls. `Expect: 100-continue` is answered at the first read, so an endpoint
// that refuses before it reads saves the client the upload. Use it only in the request's coroutine.
class body_reader {
 public:
  virtual ~body_reader() = default;
  // As the client declared it; nullopt for chunked bodies, 0 for requests without a body.
  virtual std::optional<std::uint64_t> content_length() const = 0;
  // The next bytes as they arrive, at most 64 KiB; empty: the end. No memory is held while it waits. Errors: timed_out
  // (slower than the minimal rate, or nothing within the idle timeout), closed (the client disconnected), corrupt
  // (invalid chunked coding).
  virtual awaitable<result<std::string>> next() = 0;
  // The whole body, within the request timeout. Also fails with too_large once it exceeds `max_bytes` (at once if
  // content_length() says so), and with full when the server has no memory left for it. The memory counts against the
  // server's budget until the request is answered.
  virtual awaitable<result<std::string>> read_all(std::uint64_t max_bytes) = 0;
};

struct request {
  http::verb verb = http::verb::get;
  std::string target;                                       // as in the request line
  std::string path;                                         // percent-decoded, no query; starts with '/'
  std::vector<std::pair<std::string, std::string>> query;   // decoded, in order
  std::vector<std::pair<std::string, std::string>> params;  // {names} of the matched route
  std::vector<field> fields;                                // names as sent
  std::string peer;                                         // address of the client
  bool websocket = false;                                   // a well-formed WebSocket upgrade (RFC 6455 section 4.2.1)
  std::shared_ptr<body_reader> body;

  // First field of that name (case-insensitive); empty when there is none.
  std::string_view header(std::string_view name) const noexcept;
  bool has_header(std::string_view name) const noexcept;
  // The server that the client addresses, such as "localhost:8080": from the target in absolute form, which overrides
  // Host (RFC 9112 section 3.2.2), otherwise from Host. Empty only for HTTP/1.0 without either.
  std::string_view authority() const noexcept;
  // All fields of that name, joined by ", ".
  std::string joined_header(std::string_view name) const;
  std::optional<std::string_view> query_value(std::string_view name) const noexcept;
  std::string_view param(std::string_view name) const noexcept;
};

// A response body that is read while it is sent, such as a file. The server pulls it in pieces, only as fast as the
// socket takes them.
class body_source {
 public:
  virtual ~body_source() = default;
  virtual std::uint64_t size() const = 0;
  // The next piece of about `max` bytes, more if the source cannot split it. Never empty before size() bytes were
  // given.
  virtual awaitable<result<std::string>> next(std::size_t max) = 0;
  // The last `bytes` (at least 1) of the piece that next() gave were not sent: next() must give them again. The server
  // frees them meanwhile, so that a slow client costs no memory.
  virtual void back(std::size_t bytes) = 0;
};

struct response {
  int status = 200;
  std::vector<field> fields;  // without Date, Content-Length, Connection and Transfer-Encoding: the server adds those
  std::string_view constant_fields;  // more of them, as they stand in the head, each with its line end; static
  std::variant<std::string, std::shared_ptr<const std::string>, std::unique_ptr<body_source>> body;
  bool close = false;  // close the connection after this response

  response& set(std::string name, std::string value) {
    fields.push_back({std::move(name), std::move(value)});
    return *this;
  }
};

}  // namespace streamdemo::http
