// GET /api/tasks/{id}/events: the stream of one task as SSE, JSON lines or, upgraded, WebSocket.
#include <array>

#include <streamdemo/http/fields/accept.hpp>
#include "gateway/api/endpoints/endpoints.hpp"
#include "gateway/api/stream/cursor.hpp"
#include "gateway/api/stream/streams.hpp"
#include "gateway/api/waiting.hpp"

namespace streamdemo::gateway::endpoints {

namespace {

constexpr std::array<std::string_view, 2> offered{"text/event-stream", "application/x-ndjson"};

checked<wire> format_of(const http::request& r) {
  if (r.websocket) return wire::websocket;
  const auto best = http::best_offer(r.joined_header("Accept"), offered);
  if (!best) {
    return refusal{
        problem::not_acceptable, "accept text/event-stream or application/x-ndjson, or upgrade to WebSocket", {}};
  }
  return *best == 0 ? wire::sse : wire::json_lines;
}

bool at_the_end(const history& h, std::int64_t cursor) {
  const auto batch = h.read(cursor, 1, 1);
  return batch.ended && batch.events.empty() && batch.kept_from == 0;
}

}  // namespace

answering events(call& c) {
  auto& r = c.request;
  const auto format = format_of(r);
  if (!format) co_return problem_response(format.error());
  auto protocol = r.websocket ? choose_subprotocol(r) : checked<std::string>(std::string{});
  if (!protocol) co_return problem_response(protocol.error());
  const auto cursor = stream_cursor(r);
  if (!cursor) co_return problem_response(problem::bad_cursor, cursor.error().message);
  if (c.at().draining()) {
    co_return refuse_stream(*format, {problem::unavailable, "the server restarts; come again", {}}, *protocol);
  }
  auto known = co_await c.task();
  if (!known) co_return refuse_stream(*format, known.error(), *protocol);
  if (*format == wire::sse && at_the_end(**known, *cursor)) {
    // An EventSource that gets 204 does not reconnect.
    http::response done;
    done.status = 204;
    co_return done;
  }
  auto place = c.by.stream_place();
  if (!place) co_return refuse_stream(*format, place.error(), *protocol);
  if (*format == wire::websocket) {
    http::websocket_reply socket;
    socket.subprotocol = std::move(*protocol);
    socket.source = make_source(c.by, std::move(*place), *format, *known, *cursor);
    co_return socket;
  }
  co_return open_stream(c.by, std::move(*place), *format, *known, *cursor);
}

}  // namespace streamdemo::gateway::endpoints
