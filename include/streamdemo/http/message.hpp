// Requests and replies of the generic HTTP server, free of any library's types. Knows no task and no bus.
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
// Changes nothing (RFC 9110 section 9.2.1), of the verbs that are answered.
constexpr bool is_safe(verb v) noexcept {
  return v == verb::get || v == verb::head || v == verb::options;
}

struct field {
  std::string name;
  std::string value;
};

// The body of a request, pulled by whoever wants it. `Expect: 100-continue` is answered at the first read, so an
// endpoint that refuses before it reads saves the client the upload. Belongs to the request's coroutine.
class body_reader {
 public:
  virtual ~body_reader() = default;
  // As the client declared it; nothing for chunked bodies (and 0 for requests without a body).
  virtual std::optional<std::uint64_t> content_length() const = 0;
  // The next bytes, as they come, at most 64 KiB; empty: the end. No room is taken before there is something to put
  // into it. Errors: timed_out (slower than the slowest rate, or nothing within the idle timeout), closed (the client
  // went away), corrupt (bad chunking).
  virtual awaitable<result<std::string>> next() = 0;
  // Everything, within the request timeout; or too_large once it exceeds `max_bytes` (at once, when content_length()
  // says so), or full once the server has no room for it. The room counts as taken until the request is answered.
  virtual awaitable<result<std::string>> read_all(std::uint64_t max_bytes) = 0;
};

struct request {
  http::verb verb = http::verb::get;
  std::string target;                                       // as it stood in the request line
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
  // Whom the client asks, "localhost:8080". In absolute form the target says it, whatever Host says (RFC 9112 section
  // 3.2.2); empty: nobody, which only HTTP/1.0 may leave out.
  std::string_view authority() const noexcept;
  // All fields of that name, joined by ", ".
  std::string joined_header(std::string_view name) const;
  std::optional<std::string_view> query_value(std::string_view name) const noexcept;
  std::string_view param(std::string_view name) const noexcept;
};

// A body that is read while it is sent: files. Pulled by the server, piece by piece, only as fast as the socket takes
// it.
class body_source {
 public:
  virtual ~body_source() = default;
  virtual std::uint64_t size() const = 0;
  // The next piece, about `max` bytes (what cannot be cut may exceed it); never empty before size() bytes were given.
  virtual awaitable<result<std::string>> next(std::size_t max) = 0;
  // Of what next() gave last, the last `bytes` (more than none) were not sent: they are let go, and come again.
  virtual void back(std::size_t bytes) = 0;
};

struct response {
  int status = 200;
  std::vector<field> fields;  // not: Date, Content-Length, Connection, Transfer-Encoding (the server's own)
  std::variant<std::string, std::shared_ptr<const std::string>, std::unique_ptr<body_source>> body;
  bool close = false;  // end the connection after it

  response& set(std::string name, std::string value) {
    fields.push_back({std::move(name), std::move(value)});
    return *this;
  }
};

}  // namespace streamdemo::http
