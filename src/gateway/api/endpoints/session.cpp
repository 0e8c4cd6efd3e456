// /api/session. GET: who the caller is, and who can sign one in. POST: gives a browser a cookie in exchange for a key
// or token, because it cannot send headers with an EventSource or a WebSocket. DELETE: signs out.
#include <streamdemo/base/json.hpp>

#include "gateway/api/body/answers.hpp"
#include "gateway/api/endpoints/endpoints.hpp"

namespace streamdemo::gateway::endpoints {

namespace {

// `issuers`: JSON of those that one can sign in with; empty: not said.
std::string session_json(const principal& p, bool asks, const std::string& issuers = {}) {
  std::string out = asks ? "{\"authentication\":true" : "{\"authentication\":false";
  if (!issuers.empty()) out += ",\"sign_in\":" + issuers;
  if (!p.is_known()) return out + ",\"signed_in\":false}\n";
  out += ",\"signed_in\":true,\"subject\":" + base::json_string(p.subject) + ",\"scope\":\"" + to_string(p.may) + '"';
  if (!p.kinds.empty()) out += ",\"kinds\":" + base::json_strings(p.kinds);
  append_time(out, "expires", p.expires);
  return out + "}\n";
}

}  // namespace

answering session(call& c) {
  co_return json_response(200, session_json(c.by.who(), c.at().entrance().asks(), c.at().sign_in()));
}

answering sign_in(call& c) {
  auto& entrance = c.at().entrance();
  if (!entrance.asks()) co_return json_response(200, session_json(c.by.who(), false));
  // Otherwise a page elsewhere could sign its visitor in as somebody else.
  if (c.request.has_header("Origin") && !entrance.is_own_page(c.request)) {
    co_return problem_response(problem::origin, "a browser signs in on this server's own pages alone");
  }
  // Not for the cookie of a session, nor for a ticket: using one must not make it last longer.
  if (!c.by.who().session.empty() || !c.by.who().only_task.empty()) {
    co_return problem_response(problem::unauthenticated, "a session is opened with a key or token");
  }
  const auto opened = entrance.open_session(c.by.who());
  caller signed_in = c.by;
  signed_in.is_now(opened.who);
  signed_in.tell("sign in", {}, 201);
  auto answer = json_response(201, session_json(*opened.who, true));
  answer.set("Set-Cookie", opened.cookie);
  co_return answer;
}

answering sign_out(call& c) {
  http::response answer;
  answer.status = 204;
  answer.set("Set-Cookie", c.at().entrance().end_session(c.by.who()));
  if (!c.by.who().session.empty()) {
    c.by.tell("sign out", {}, 204);
    c.at().judge_again();
  }
  co_return answer;
}

}  // namespace streamdemo::gateway::endpoints
