// POST /api/tasks/{id}/cancel: ends the task unless it has ended. Repeating it changes nothing.
#include "gateway/api/body/answers.hpp"
#include "gateway/api/endpoints/endpoints.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/waiting.hpp"

namespace streamdemo::gateway::endpoints {

answering cancel(call& c) {
  auto& r = c.request;
  auto canceled = co_await c.by.canceled_task(std::string(r.param("id")));
  if (!canceled) co_return problem_response(canceled.error());
  const auto view = (*canceled)->view();
  co_return json_response(task::is_end(view.status) ? 200 : 202, task_json(view));
}

}  // namespace streamdemo::gateway::endpoints
