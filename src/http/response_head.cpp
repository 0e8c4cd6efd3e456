#include "http/response_head.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/json.hpp>
#include <streamdemo/http/date.hpp>

namespace streamdemo::http {

namespace {

constexpr auto controls = [] {
  std::array<bool, 256> out{};
  for (std::size_t c = 0; c < 0x20; ++c) out[c] = c != '\t';
  out[0x7f] = true;
  return out;
}();

bool is_control(char c) noexcept {
  return controls[static_cast<unsigned char>(c)];
}

void append_clean(std::string& out, std::string_view text) {
  const auto start = static_cast<std::ptrdiff_t>(out.size());
  out += text;
  if (std::ranges::any_of(text, is_control)) std::replace_if(out.begin() + start, out.end(), is_control, ' ');
}

void append_number(std::string& out, std::uint64_t n) {
  const fmt::format_int text(n);
  out.append(text.data(), text.size());
}

}  // namespace

std::string_view reason(int status) noexcept {
  struct entry {
    int status;
    std::string_view phrase;
  };
  static constexpr std::array<entry, 37> all{{
      {100, "Continue"},
      {101, "Switching Protocols"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {422, "Unprocessable Content"},
      {426, "Upgrade Required"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {503, "Service Unavailable"},
      {505, "HTTP Version Not Supported"},
      {507, "Insufficient Storage"},
  }};
  for (const auto& e : all) {
    if (e.status == status) return e.phrase;
  }
  return "Other";
}

bool has_body(int status) noexcept {
  return status >= 200 && status != 204 && status != 304;
}

void append_head(std::string& out, int status, const std::vector<field>& fields, std::string_view more_fields,
                 std::string_view date, const head_shape& shape) {
  // HTTP/1.0 clients also get the server's own version (RFC 9110 section 6.2).
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(status));
  out += ' ';
  out += reason(status);
  out += "\r\n";
  out += date;
  for (const auto& f : fields) {
    append_clean(out, f.name);
    out += ": ";
    append_clean(out, f.value);
    out += "\r\n";
  }
  out += more_fields;
  if (shape.framing == framing::length) {
    out += "Content-Length: ";
    append_number(out, shape.length);
    out += "\r\n";
  } else if (shape.framing == framing::chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  }
  if (shape.close) {
    out += "Connection: close\r\n";
  } else if (!shape.http11 && status >= 200) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

std::string date_field(std::int64_t unix_seconds) {
  return "Date: " + date_text(base::sys_time(std::chrono::seconds(unix_seconds))) + "\r\n";
}

std::string websocket_accept(std::string_view key) {
  std::string text(key);
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  const auto digest = base::sha1_bytes(text);
  return base::base64({digest.data(), digest.size()});
}

}  // namespace streamdemo::http
