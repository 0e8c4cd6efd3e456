#include "http/request_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <cstring>
#include <streamdemo/http/host.hpp>

#include "http/target.hpp"
#include "http/text.hpp"

namespace streamdemo::http {

namespace beast_http = boost::beast::http;

namespace {

verb to_verb(beast_http::verb v) noexcept {
  switch (v) {
    case beast_http::verb::get:
      return verb::get;
    case beast_http::verb::head:
      return verb::head;
    case beast_http::verb::post:
      return verb::post;
    case beast_http::verb::put:
      return verb::put;
    case beast_http::verb::delete_:
      return verb::delete_;
    case beast_http::verb::options:
      return verb::options;
    case beast_http::verb::patch:
      return verb::patch;
    default:
      return verb::other;
  }
}

// Each needs more memory than it may have bytes on the wire, and no client needs as many.
constexpr std::size_t max_fields = 128;
constexpr std::size_t max_parameters = 128;
// How much capacity an idle connection may keep.
constexpr std::size_t kept_bytes = 512;
constexpr std::size_t kept_fields = 32;
constexpr std::size_t usual_fields = 8;  // room for so many is made at once

void forget(std::string& s) {
  if (s.capacity() > kept_bytes) std::string().swap(s);
  s.clear();
}

template <class T>
void forget(std::vector<T>& v) {
  if (v.capacity() > kept_fields) std::vector<T>().swap(v);
  v.clear();
}

bool all_digits(std::string_view s) noexcept {
  return !s.empty() && s.find_first_not_of("0123456789") == std::string_view::npos;
}

// A line that begins with a space or tab continues the field before it (obsolete folding). Implementations differ in
// how they read it, so it is refused, as RFC 9112 section 5.2 allows.
bool has_folded_line(std::string_view bytes) noexcept {
  return bytes.find("\r\n ") != std::string_view::npos || bytes.find("\r\n\t") != std::string_view::npos;
}

// The first line without its end; empty while that has not come.
std::string_view request_line(std::string_view bytes) noexcept {
  const auto end = bytes.find("\r\n");
  return end == std::string_view::npos ? std::string_view() : bytes.substr(0, end);
}

bool ends_with_version(std::string_view line) noexcept {
  if (line.size() < 8) return false;
  line.remove_prefix(line.size() - 8);
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return line.substr(0, 5) == "HTTP/" && digit(line[5]) && line[6] == '.' && digit(line[7]);
}

// Beast reported a bad version. Whether it stands where a version belongs, and not behind a blank in the target: then
// the answer is 505.
bool names_other_version(std::string_view bytes) noexcept {
  const auto line = request_line(bytes);
  return ends_with_version(line) && std::count(line.begin(), line.end(), ' ') == 2;
}

// RFC 9110 (section 2.5) has a later version of HTTP/1 handled as the highest that one speaks. Where the digit is that
// makes it a later one; 0: there is none. The line's end may not have come yet.
std::size_t later_minor(std::string_view bytes) noexcept {
  const auto line = bytes.substr(0, bytes.find_first_of("\r\n"));
  const bool is_one = ends_with_version(line) && line[line.size() - 3] == '1' && line.back() > '1';
  return is_one && std::count(line.begin(), line.end(), ' ') == 2 ? line.size() - 1 : 0;
}

// Sec-WebSocket-Key is 16 bytes in base64: 22 characters and two '='.
bool is_websocket_key(std::string_view key) noexcept {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  return key.size() == 24 && key.substr(22) == "==" &&
         key.substr(0, 22).find_first_not_of(letters) == std::string_view::npos;
}

}  // namespace

void request_parser::grammar::on_request_impl(beast_http::verb v, string_view, string_view target, int version,
                                              error_code&) {
  into.verb = to_verb(v);
  into.target.assign(target.data(), target.size());
  http11 = version >= 11;
}

void request_parser::grammar::on_field_impl(beast_http::field name, string_view text, string_view value,
                                            error_code& ec) {
  if (!in_head) return;  // trailers are ignored, and must not be mistaken for fields of the head
  if (into.fields.size() == max_fields) {
    too_many_fields = true;
    ec = beast_http::error::header_limit;
    return;
  }
  switch (name) {
    case beast_http::field::host:
      ++hosts;
      break;
    case beast_http::field::content_length:
      ++lengths;
      break;
    case beast_http::field::transfer_encoding:
      ++encodings;
      break;
    default:
      break;
  }
  if (into.fields.empty()) into.fields.reserve(usual_fields);
  into.fields.push_back({std::string(text), std::string(value)});
}

std::size_t request_parser::grammar::on_body_impl(string_view bytes, error_code&) {
  const auto n = std::min(bytes.size(), room);
  std::memcpy(out, bytes.data(), n);
  out += n;
  room -= n;
  return n;
}

std::size_t request_parser::grammar::on_chunk_body_impl(std::uint64_t, string_view bytes, error_code& ec) {
  return on_body_impl(bytes, ec);
}

void request_parser::reset() {
  grammar_.reset();
  head_bytes_ = 0;
  problem_ = {};
  request_.verb = verb::get;
  forget(request_.target);
  forget(request_.path);
  forget(request_.query);
  forget(request_.params);
  forget(request_.fields);
  request_.websocket = false;
}

request_parser::step request_parser::fail(int status, std::string detail) {
  problem_ = {status, std::move(detail)};
  return step::failed;
}

request_parser::step request_parser::too_long(std::string_view unread) {
  // The first line has not ended yet, so it is the target that is too long.
  const auto begin = unread.substr(0, max_header_bytes_);
  if (head_bytes_ == 0 && begin.find(' ') == std::string_view::npos) {
    return fail(400, "the request is malformed: no method is as long");
  }
  if (head_bytes_ == 0 && begin.find('\n') == std::string_view::npos) {
    return fail(414, fmt::format("the request target is longer than {} bytes allow", max_header_bytes_));
  }
  return fail(431, fmt::format("the request head is longer than {} bytes", max_header_bytes_));
}

std::size_t request_parser::room() const noexcept {
  // Twice, because the target is stored as received and also decoded.
  return 2 * head_bytes_ + request_.fields.size() * sizeof(field) + request_.query.size() * sizeof(request_.query[0]);
}

void request_parser::begin_grammar() {
  grammar_.emplace(request_);
  grammar_->eager(false);
  grammar_->body_limit(boost::none);
  grammar_->header_limit(static_cast<std::uint32_t>(max_header_bytes_));
}

request_parser::step request_parser::head(std::string_view bytes, std::size_t& used) {
  used = 0;
  if (!grammar_) {
    // Ignore empty lines before a request: some old clients send one too many after a body.
    while (!bytes.empty() && (bytes.front() == '\r' || bytes.front() == '\n')) {
      bytes.remove_prefix(1);
      ++used;
      ++head_bytes_;
    }
    if (head_bytes_ > 16) return fail(400, "the request is malformed: empty lines");
    if (bytes.empty()) return step::more;
    head_bytes_ = 0;
    begin_grammar();
  }
  error_code ec;
  auto n = grammar_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), ec);
  if (const auto at = ec == beast_http::error::bad_version ? later_minor(bytes) : 0; at != 0) {
    std::string as_ours(bytes);
    as_ours[at] = '1';
    begin_grammar();
    ec = {};
    n = grammar_->put(boost::asio::const_buffer(as_ours.data(), as_ours.size()), ec);
  }
  // Beast consumes whole fields only, so a folded field is never split between two calls.
  if (has_folded_line(bytes.substr(0, n)))
    return fail(400, "the request is malformed: a field goes on in a second line");
  used += n;
  head_bytes_ += n;
  const bool more = ec == beast_http::error::need_more;
  const auto unread = bytes.substr(n);
  // Beast's limit counts only the bytes that it has not consumed yet, so count the whole head here.
  const auto size = head_bytes_ + (more ? unread.size() : 0);
  if (grammar_->too_many_fields) return fail(431, fmt::format("the request has more than {} fields", max_fields));
  if (ec == beast_http::error::header_limit || size > max_header_bytes_) return too_long(unread);
  // Beast would wait for as many bytes as a version has.
  if (more && head_bytes_ == 0 && unread.find("\r\n") != std::string_view::npos &&
      !ends_with_version(request_line(unread))) {
    return fail(400, "the request is malformed: its first line has no version");
  }
  if (more) return step::more;
  if (ec == beast_http::error::bad_version && names_other_version(unread)) {
    return fail(505, "this server speaks HTTP/1.1 and HTTP/1.0");
  }
  if (ec) return fail(400, fmt::format("the request is malformed: {}", ec.message()));
  return check();
}

request_parser::step request_parser::check() {
  if (const auto s = check_framing(); s != step::done) return s;
  if (request_.target == "*" && request_.verb == verb::options) {
    request_.path = "*";
  } else if (!parse_target(request_.target, request_.path, request_.query)) {
    return fail(
        400,
        "the request target is malformed: it must begin with '/' and be UTF-8, with correct percent escapes and "
        "no control characters");
  }
  if (request_.query.size() > max_parameters) {
    return fail(414, fmt::format("the request target has more than {} parameters", max_parameters));
  }
  if (const auto expect = request_.header("Expect"); !expect.empty()) {
    if (!same_word(expect, "100-continue")) return fail(417, "only Expect: 100-continue can be met");
    grammar_->expects = grammar_->http11 && !grammar_->is_done();
  }
  return check_upgrade();
}

// Where the body ends must be unambiguous. If a proxy in front read an ambiguous head differently, a client could
// smuggle a request past it.
request_parser::step request_parser::check_framing() {
  const auto& g = *grammar_;
  if (g.hosts > 1 || (g.hosts == 0 && g.http11)) return fail(400, "exactly one Host field is needed");
  if (const auto asked = request_.authority(); (g.hosts > 0 || !asked.empty()) && !is_authority(asked)) {
    return fail(400, "the Host field is malformed: it is a name or an address, and perhaps a port");
  }
  if (g.lengths > 1) return fail(400, "more than one Content-Length");
  if (g.lengths == 1 && g.encodings > 0) return fail(400, "Content-Length and Transfer-Encoding together");
  if (g.lengths == 1 && !all_digits(request_.header("Content-Length"))) return fail(400, "bad Content-Length");
  if (g.encodings > 0 && !g.http11) return fail(400, "Transfer-Encoding needs HTTP/1.1");
  if (g.encodings > 0 && (g.encodings > 1 || !same_word(request_.header("Transfer-Encoding"), "chunked"))) {
    return fail(400, "the only Transfer-Encoding taken is chunked");
  }
  return step::done;
}

request_parser::step request_parser::check_upgrade() {
  const auto upgrade = request_.header("Upgrade");
  if (upgrade.empty() || !has_token(request_.joined_header("Upgrade"), "websocket")) {
    // A proxy may have removed `Upgrade`, which is hop-by-hop, and passed on the other fields. Without
    // Sec-WebSocket-Version this is a plain request; with it, the client wants a WebSocket and gets 426.
    if (request_.header("Sec-WebSocket-Version").empty()) return step::done;
    return fail(
        426,
        "a WebSocket was asked for, but 'Upgrade: websocket' did not arrive: a proxy on the way has to pass it on "
        "(nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "
        "upgrade;)");
  }
  if (request_.verb != verb::get || !grammar_->http11) return fail(400, "a WebSocket begins with GET over HTTP/1.1");
  if (!has_token(request_.joined_header("Connection"), "upgrade")) {
    return fail(400, "a WebSocket upgrade needs 'Connection: Upgrade'; a proxy on the way may have dropped it");
  }
  if (!grammar_->is_done()) return fail(400, "a WebSocket upgrade has no body");
  if (!is_websocket_key(request_.header("Sec-WebSocket-Key"))) {
    return fail(400, "Sec-WebSocket-Key is missing or is not 16 bytes of base64");
  }
  if (request_.header("Sec-WebSocket-Version") != "13") return fail(426, "the WebSocket version spoken here is 13");
  request_.websocket = true;
  return step::done;
}

std::optional<std::uint64_t> request_parser::content_length() const {
  if (grammar_->chunked()) return std::nullopt;
  const auto n = grammar_->content_length();
  return n ? *n : 0;
}

std::optional<std::uint64_t> request_parser::content_length_left() const {
  if (grammar_->chunked()) return std::nullopt;
  const auto n = grammar_->content_length_remaining();
  return n ? *n : 0;
}

request_parser::body_step request_parser::body(std::string_view bytes, std::size_t& used, char* out, std::size_t room) {
  used = 0;
  grammar_->out = out;
  grammar_->room = room;
  while (!grammar_->is_done() && used < bytes.size() && grammar_->room > 0) {
    const auto rest = bytes.substr(used);
    error_code ec;
    used += grammar_->put(boost::asio::const_buffer(rest.data(), rest.size()), ec);
    if (ec == beast_http::error::need_more) break;
    if (ec) return {step::failed, 0};
  }
  const auto size = room - grammar_->room;
  // A chunk-size line has a few bytes. One that does not end within the limit is invalid.
  if (size == 0 && !grammar_->is_done() && bytes.size() - used > max_header_bytes_) return {step::failed, 0};
  return {grammar_->is_done() ? step::done : step::more, size};
}

}  // namespace streamdemo::http
