// WS /api/stream: many tasks on one socket.
#include "gateway/api/endpoints/endpoints.hpp"
#include "gateway/api/stream/multi_source.hpp"
#include "gateway/api/stream/streams.hpp"

namespace streamdemo::gateway::endpoints {

answering stream(call& c) {
  auto& r = c.request;
  if (!r.websocket) co_return problem_response(problem::bad_upgrade, "this is a WebSocket: ask for an upgrade");
  auto protocol = choose_subprotocol(r);
  if (!protocol) co_return problem_response(protocol.error());
  if (c.at().draining()) {
    co_return refuse_stream(wire::websocket, {problem::unavailable, std::string(restart_reason), {}}, *protocol);
  }
  http::websocket_reply socket;
  socket.subprotocol = std::move(*protocol);
  socket.source = std::make_unique<multi_source>(c.by);
  co_return socket;
}

}  // namespace streamdemo::gateway::endpoints
