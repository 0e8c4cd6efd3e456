// POST /api/tasks/{id}/ticket: makes a ticket, with which a page of another origin can read this one task with an
// EventSource or a WebSocket: from there these can send neither headers nor our cookie.
#include <streamdemo/base/json.hpp>

#include "gateway/api/body/answers.hpp"
#include "gateway/api/endpoints/endpoints.hpp"

namespace streamdemo::gateway::endpoints {

answering ticket(call& c) {
  const auto known = co_await c.task();
  if (!known) co_return problem_response(known.error());
  auto& entrance = c.at().entrance();
  if (!entrance.asks())
    co_return problem_response(problem::unknown_path, "nobody is asked for a name here (auth.mode)");
  const auto made = entrance.make_ticket(c.by.who(), (*known)->identity().request_id);
  std::string out = "{\"ticket\":\"" + made.text + '"';
  append_time(out, "expires", made.expires);
  out += "}\n";
  co_return json_response(201, std::move(out));
}

}  // namespace streamdemo::gateway::endpoints
