// GET /api/results/{id}: the classic poll, 404 until the task has ended, then everything.
#include "gateway/api/answers.hpp"
#include "gateway/api/endpoints.hpp"
#include "gateway/api/prefer.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/results_answer.hpp"
#include "gateway/api/waiting.hpp"

namespace streamdemo::gateway::endpoints {

answering results(core& a, http::request& r) {
  auto known = co_await known_task(a, std::string(r.param("id")));
  if (!known) {
    auto unknown = problem_response(known.error());
    // Whoever polls this one waits for an answer other than 404; another gateway may be a moment ahead.
    if (unknown.status == 404) unknown.set("Retry-After", "1");
    co_return unknown;
  }
  const auto wait = preferred_wait(r.joined_header("Prefer"), a.settings().gateway.max_wait);
  const auto until = std::chrono::steady_clock::now() + wait.value_or(std::chrono::seconds(0));
  const bool over = co_await ended(a, *known, until);
  http::response answer;
  if (over) {
    answer = results_answer(a.context().clock, *known, r.verb);
  } else {
    const auto status = task::to_string((*known)->view().status);
    answer = problem_response(problem::not_ready, "the task is " + std::string(status) + "; ask again in a moment",
                              "\"task_status\":\"" + std::string(status) + '"');
  }
  if (wait) answer.set("Preference-Applied", applied_wait(*wait));
  co_return answer;
}

}  // namespace streamdemo::gateway::endpoints
