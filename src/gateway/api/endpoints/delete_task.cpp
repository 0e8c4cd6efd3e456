// DELETE /api/tasks/{id}: deletes the history and the files of a task that has ended, at every gateway. Afterwards its
// id gets the answer of an unknown id.
#include "gateway/api/endpoints/endpoints.hpp"
#include "gateway/api/problem.hpp"

namespace streamdemo::gateway::endpoints {

answering delete_task(call& c) {
  const auto found = co_await c.task();
  if (!found) co_return problem_response(found.error());
  const auto view = (*found)->view();
  if (!task::is_end(view.status)) {
    co_return problem_response(problem::not_ended, "only a task that has ended can be deleted; cancel it first");
  }
  const auto done = co_await c.at().service().erase_data(view.request_id);
  if (!done) co_return problem_response(done.error());
  http::response r;
  r.status = 204;
  co_return r;
}

}  // namespace streamdemo::gateway::endpoints
