// How a connection responds: plain responses, bodies from a source, and the two replies that give the socket away.
#include <boost/asio/post.hpp>

#include "http/connection.hpp"
#include "http/connection_body.hpp"
#include "http/response_head.hpp"
#include "http/server_loop.hpp"
#include "http/text.hpp"

namespace streamdemo::http {

namespace {

constexpr std::uint64_t skip_bytes = 65536;  // an unread body up to this size costs less to skip than a new connection
constexpr std::size_t copy_bytes = 16384;    // a body up to this size is copied after its head, to be sent in one piece
// How much is read from a body source at once: at most, and at least after the socket took less.
constexpr std::size_t piece_bytes = 131072;
constexpr std::size_t least_piece_bytes = 16384;

std::string_view bytes_of(const response& r) noexcept {
  if (const auto* own = std::get_if<std::string>(&r.body)) return *own;
  if (const auto* shared = std::get_if<std::shared_ptr<const std::string>>(&r.body)) {
    return *shared ? std::string_view{**shared} : std::string_view{};
  }
  return {};
}

const std::unique_ptr<body_source>* source_of(const response& r) noexcept {
  const auto* s = std::get_if<std::unique_ptr<body_source>>(&r.body);
  return s != nullptr && *s ? s : nullptr;
}

}  // namespace

void connection::count(int status) {
  const auto digit = static_cast<std::size_t>(std::clamp(status / 100, 1, 5));
  loop_.parts().answers[digit]->Increment();
}

base::awaitable<bool> connection::answer(reply& r) {
  if (auto* plain = std::get_if<response>(&r)) return answer_response(*plain);
  if (auto* stream = std::get_if<stream_reply>(&r)) return answer_stream(*stream);
  return answer_websocket(std::get<websocket_reply>(r));
}

base::awaitable<bool> connection::answer_error(int status, std::string detail) {
  closing_ = true;
  response r = loop_.parts().page(status, detail);
  r.close = true;
  if (status == 426) r.set("Sec-WebSocket-Version", "13").set("Upgrade", "websocket");
  if (status == 503 && find_field(r.fields, "Retry-After").empty()) r.set("Retry-After", "1");
  co_return co_await answer_response(r);
}

// False: the connection can be kept after this response, because the request's body has ended or will after few bytes.
bool connection::will_close() const {
  if (closing_ || loop_.draining()) return true;
  if (parser_.body_done()) return false;
  // A client that waits for "100 Continue" may or may not send its body after this response, so the start of the next
  // request could not be found.
  if (parser_.expects_continue() && !continued_) return true;
  const auto left = parser_.content_length_left();
  return !left || *left > skip_bytes;
}

base::awaitable<bool> connection::answer_response(response& r) {
  // A client may read slowly, so reserve the memory for the body before its head is sent.
  if (const auto* own = std::get_if<std::string>(&r.body); own != nullptr && !of_piece_.hold(own->capacity())) {
    r = loop_.parts().page(503, no_room);
    if (find_field(r.fields, "Retry-After").empty()) r.set("Retry-After", "1");
  }
  closing_ = r.close || will_close();
  const auto* source = source_of(r);
  const auto body = bytes_of(r);
  const bool head_only = request_.verb == verb::head || !has_body(r.status);

  head_shape shape;
  shape.http11 = parser_.http11();
  shape.close = closing_;
  shape.framing = has_body(r.status) ? framing::length : framing::none;
  shape.length = source != nullptr ? (*source)->size() : body.size();
  auto& out = loop_.out();
  out.clear();
  append_head(out, r.status, r.fields, r.constant_fields, loop_.date(), shape);
  count(r.status);

  if (head_only) {
    if (!co_await write(out, {})) co_return false;
  } else if (source != nullptr) {
    if (!co_await answer_source(out, **source)) co_return false;
  } else if (body.size() <= copy_bytes) {
    out += body;
    r.body = std::string();
    if (!co_await write(out, {})) co_return false;
  } else if (!co_await write(out, body)) {
    co_return false;
  }
  if (closing_) co_return false;
  if (!parser_.body_done()) co_return co_await skip_body();
  co_return true;
}

// Sends the head together with the first piece. Bytes that the socket does not take go back to the source, so that a
// client that does not read costs no memory.
base::awaitable<bool> connection::answer_source(std::string head, body_source& source) {
  if (source.size() == 0) co_return co_await write(head, {});
  std::uint64_t left = source.size();
  std::size_t most = piece_bytes;
  while (left > 0) {
    watch_peer();
    auto piece = co_await source.next(piece_room(most));
    if (gone_) co_return false;
    if (!piece || piece->empty()) {
      // The head may have been sent, so only a cut connection tells the client that the body is incomplete.
      loop_.parts().log.warning("{} {}: cut with {} bytes missing: {}", to_string(request_.verb), request_.path, left,
                                piece ? "its source ended early" : piece.error().message);
      gone_ = true;
      co_return false;
    }
    const auto given = piece->size();
    if (given > left) piece->resize(left);
    const auto unsent = write_some(head, *piece);
    if (!unsent) co_return false;
    const auto taken = piece->size() - *unsent;
    left -= taken;
    if (*unsent > 0) {
      source.back(given - taken);
      std::string().swap(*piece);
      of_piece_.release();
      most = std::max(taken, least_piece_bytes);
      if (!co_await await_room()) co_return false;
    } else if (left > 0) {
      most = std::min(most * 2, piece_bytes);
      // A source in memory and a fast client may never have to wait, so let other work of the loop run.
      co_await asio::post(loop_.executor(), base::use_awaitable);
    }
  }
  co_return true;
}

base::awaitable<bool> connection::answer_stream(stream_reply& r) {
  head_shape shape;
  shape.http11 = parser_.http11();
  // Do not announce `Connection: close` on HTTP/1.1: some clients then take a cut for the complete end (undici 6).
  shape.close = !shape.http11;
  shape.framing = shape.http11 ? framing::chunked : framing::none;
  auto& out = loop_.out();
  out.clear();
  append_head(out, 200, r.fields, r.constant_fields, loop_.date(), shape);
  count(200);
  closing_ = !shape.http11 || will_close() || !parser_.body_done();
  if (!co_await write(out, {})) co_return false;
  if (request_.verb == verb::head) co_return !closing_;
  if (!r.source) co_return false;
  cancel();
  handed_over_ = true;
  const auto framing = !shape.http11 ? body_framing::until_closed
                       : closing_    ? body_framing::chunked
                                     : body_framing::chunked_reusable;
  loop_.hub().start_http(std::move(socket_), input_.take(), framing, std::move(r.source));
  co_return true;
}

base::awaitable<bool> connection::answer_websocket(websocket_reply& r) {
  if (!request_.websocket || !r.source) {
    loop_.parts().log.error("bug: {} was answered with a WebSocket, which it did not ask for", request_.path);
    co_return co_await answer_error(500, "the server failed at this request; its log says why");
  }
  r.fields.push_back({"Upgrade", "websocket"});
  r.fields.push_back({"Connection", "Upgrade"});
  r.fields.push_back({"Sec-WebSocket-Accept", websocket_accept(request_.header("Sec-WebSocket-Key"))});
  if (!r.subprotocol.empty()) r.fields.push_back({"Sec-WebSocket-Protocol", r.subprotocol});
  head_shape shape;
  shape.framing = framing::none;
  auto& out = loop_.out();
  out.clear();
  append_head(out, 101, r.fields, r.constant_fields, loop_.date(), shape);
  count(101);
  if (!co_await write(out, {})) co_return false;
  cancel();
  handed_over_ = true;
  loop_.hub().start_websocket(std::move(socket_), input_.take(), std::move(r.source));
  co_return true;
}

}  // namespace streamdemo::http
