// WS /api/stream: many tasks on one socket.
#include "gateway/api/endpoints/endpoints.hpp"
#include "gateway/api/stream/multi_source.hpp"
#include "gateway/api/stream/streams.hpp"

namespace streamdemo::gateway::endpoints {

namespace {

// A client that has not authenticated yet has gateway.request_timeout_ms to do so.
caller known_or_for_a_while(const call& c) {
  auto by = c.by;
  if (by.who().is_known()) return by;
  auto stranger = std::make_shared<principal>(by.who());
  stranger->expires = c.at().clock().now() + c.at().settings().gateway.request_timeout;
  by.is_now(std::move(stranger));
  return by;
}

}  // namespace

answering stream(call& c) {
  auto& r = c.request;
  if (!r.websocket) co_return problem_response(problem::bad_upgrade, "this is a WebSocket: ask for an upgrade");
  auto protocol = choose_subprotocol(r);
  if (!protocol) co_return problem_response(protocol.error());
  if (c.at().draining()) {
    co_return refuse_stream(wire::websocket, {problem::unavailable, std::string(restart_reason), {}}, *protocol);
  }
  auto place = c.by.stream_place();
  if (!place) co_return refuse_stream(wire::websocket, place.error(), *protocol);
  http::websocket_reply socket;
  socket.subprotocol = std::move(*protocol);
  socket.source = std::make_unique<multi_source>(known_or_for_a_while(c), std::move(*place));
  co_return socket;
}

}  // namespace streamdemo::gateway::endpoints
