// WS /api/{kind}: the task in one message, then its events on the same socket.
#include "gateway/api/endpoints/endpoints.hpp"
#include "gateway/api/stream/streams.hpp"
#include "gateway/api/submit/submit_request.hpp"
#include "gateway/api/submit/submit_source.hpp"

namespace streamdemo::gateway::endpoints {

answering submit_ws(call& c) {
  auto& r = c.request;
  const auto kind = std::string(r.param("kind"));
  const auto known = c.at().find_kind(kind);
  if (!known) co_return problem_response(known.error());
  if (const auto allowed = c.by.may_submit(kind); !allowed) {
    c.by.tell_refused("submit", {}, allowed.error());
    co_return problem_response(allowed.error());
  }
  if (!r.websocket) {
    auto answer = problem_response(problem::method, "submit with POST, or upgrade to WebSocket");
    answer.set("Allow", "POST, OPTIONS");
    co_return answer;
  }
  // The task's events come on the same socket.
  if (const auto allowed = c.by.may(action::read); !allowed) {
    c.by.tell_refused("submit", {}, allowed.error());
    co_return problem_response(allowed.error());
  }
  auto protocol = choose_subprotocol(r);
  if (!protocol) co_return problem_response(protocol.error());
  const auto deadline = deadline_option(r, c.at().settings().tasks.max_deadline);
  if (!deadline) co_return problem_response(deadline.error());
  auto place = c.by.stream_place();
  if (!place) co_return refuse_stream(wire::websocket, place.error(), *protocol);
  http::websocket_reply socket;
  socket.subprotocol = std::move(*protocol);
  socket.source = std::make_unique<submit_source>(c.by, std::move(*place), **known, *deadline);
  co_return socket;
}

}  // namespace streamdemo::gateway::endpoints
