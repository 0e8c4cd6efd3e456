// WS /api/{kind}: the task in one message, then its events on the same socket.
#include "gateway/api/body_type.hpp"
#include "gateway/api/endpoints.hpp"
#include "gateway/api/streams.hpp"
#include "gateway/api/submit_answer.hpp"
#include "gateway/api/submit_request.hpp"
#include "gateway/api/submit_source.hpp"

namespace streamdemo::gateway::endpoints {

answering submit_ws(core& a, http::request& r) {
  const auto kind = std::string(r.param("kind"));
  if (a.find_kind(kind) == nullptr) co_return problem_response(unknown_kind(a, kind));
  if (!r.websocket) {
    auto answer = problem_response(problem::method, "submit with POST, or upgrade to WebSocket");
    answer.set("Allow", "POST, OPTIONS");
    co_return answer;
  }
  auto protocol = choose_subprotocol(r);
  if (!protocol) co_return problem_response(protocol.error());
  const auto deadline = deadline_option(r, a.settings().tasks.max_deadline);
  if (!deadline) co_return problem_response(deadline.error());
  submission s;
  s.kind = kind;
  s.deadline = *deadline;
  s.traceparent = std::string(r.header("traceparent").substr(0, 256));
  s.tracestate = std::string(r.header("tracestate").substr(0, 512));
  http::websocket_reply socket;
  socket.subprotocol = std::move(*protocol);
  socket.source = std::make_unique<submit_source>(a, std::move(s));
  co_return socket;
}

}  // namespace streamdemo::gateway::endpoints
