// POST /api/tasks/{id}/cancel: ends the task unless it has ended. Repeating it changes nothing.
#include "gateway/api/answers.hpp"
#include "gateway/api/endpoints.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/waiting.hpp"

namespace streamdemo::gateway::endpoints {

answering cancel(core& a, http::request& r) {
  auto known = co_await known_task(a, std::string(r.param("id")));
  if (!known) co_return problem_response(known.error());
  const auto done = co_await a.context().service.cancel(std::string(r.param("id")));
  if (!done) co_return problem_response(done.error());
  // The log decides whether the cancel came in time; the answer waits a moment for it.
  co_await ended(a, *known, std::chrono::steady_clock::now() + a.settings().gateway.unknown_task_wait);
  const auto view = (*known)->view();
  co_return json_response(task::is_end(view.status) ? 200 : 202, task_json(view));
}

}  // namespace streamdemo::gateway::endpoints
