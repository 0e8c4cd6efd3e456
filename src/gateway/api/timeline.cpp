// GET /api/tasks/{id}/timeline: this gateway's own times of a task, hop by hop.
#include <streamdemo/base/json.hpp>

#include "gateway/api/answers.hpp"
#include "gateway/api/endpoints.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/waiting.hpp"

namespace streamdemo::gateway::endpoints {

answering timeline(core& a, http::request& r) {
  auto known = co_await known_task(a, std::string(r.param("id")));
  if (!known) co_return problem_response(known.error());
  const auto view = (*known)->view();
  const auto times = (*known)->times();
  std::string out = "{\"request_id\":" + base::json_string(view.request_id) +
                    ",\"gateway\":" + base::json_string(a.context().instance) +
                    ",\"accepted_by\":" + base::json_string(view.accepted_by);
  append_time(out, "accepted_at", view.accepted_at);
  append_time(out, "first_folded", times.first_folded);
  append_time(out, "first_written", times.first_written);
  append_time(out, "last_folded", times.last_folded);
  append_time(out, "last_written", times.last_written);
  append_time(out, "ended_at", view.ended_at);
  out += "}\n";
  co_return json_response(200, std::move(out));
}

}  // namespace streamdemo::gateway::endpoints
