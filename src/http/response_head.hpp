// Writes the head of a response. Pure.
#pragma once
#include <streamdemo/http/message.hpp>

namespace streamdemo::http {

// The reason phrase of a status code; never empty.
std::string_view reason(int status) noexcept;

// Whether a response with this status may have a body.
bool has_body(int status) noexcept;

enum class framing { length, chunked, none };

struct head_shape {
  bool http11 = true;
  bool close = false;  // the connection is closed after this response
  http::framing framing = framing::length;
  std::uint64_t length = 0;
};

// Appends the status line, `date` (a whole Date field with its line end), the fields, `more_fields` as they are (each
// with its line end), and the server's own fields. Line breaks and other control characters in one of `fields` become
// spaces, so that client input which an endpoint repeats cannot add a field.
void append_head(std::string& out, int status, const std::vector<field>& fields, std::string_view more_fields,
                 std::string_view date, const head_shape& shape);

// "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\n"
std::string date_field(std::int64_t unix_seconds);

// The value of Sec-WebSocket-Accept for a key (RFC 6455 section 4.2.2).
std::string websocket_accept(std::string_view key);

}  // namespace streamdemo::http
