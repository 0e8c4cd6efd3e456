// WS /api/stream: many tasks on one socket.
#include "gateway/api/endpoints.hpp"
#include "gateway/api/multi_source.hpp"
#include "gateway/api/streams.hpp"

namespace streamdemo::gateway::endpoints {

answering stream(core& a, http::request& r) {
  if (!r.websocket) co_return problem_response(problem::bad_upgrade, "this is a WebSocket: ask for an upgrade");
  auto protocol = choose_subprotocol(r);
  if (!protocol) co_return problem_response(protocol.error());
  if (a.draining()) {
    co_return refuse_stream(wire::websocket, {problem::unavailable, std::string(restart_reason), {}}, *protocol);
  }
  submission head;
  head.traceparent = std::string(r.header("traceparent").substr(0, 256));
  head.tracestate = std::string(r.header("tracestate").substr(0, 512));
  http::websocket_reply socket;
  socket.subprotocol = std::move(*protocol);
  socket.source = std::make_unique<multi_source>(a, std::move(head));
  co_return socket;
}

}  // namespace streamdemo::gateway::endpoints
