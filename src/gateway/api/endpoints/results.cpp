// GET /api/results/{id}: the classic poll, 404 until the task has ended, then everything.
#include <streamdemo/http/fields/prefer.hpp>
#include "gateway/api/body/answers.hpp"
#include "gateway/api/body/request_timing.hpp"
#include "gateway/api/body/results_answer.hpp"
#include "gateway/api/endpoints/endpoints.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/waiting.hpp"

namespace streamdemo::gateway::endpoints {

answering results(call& c) {
  auto& r = c.request;
  request_timing timing(std::chrono::steady_clock::now());
  auto known = co_await c.task();
  if (!known) {
    auto unknown = problem_response(known.error());
    // Clients poll this endpoint until the answer is no longer 404, and another gateway may already know the task.
    if (unknown.status == 404) unknown.set("Retry-After", "1");
    co_return unknown;
  }
  const auto wait = http::preferred_wait(r.joined_header("Prefer"), c.at().settings().gateway.max_wait);
  const auto asleep = std::chrono::steady_clock::now();
  const bool over = co_await ended(c.at(), *known, asleep + wait.value_or(std::chrono::seconds(0)));
  timing.waited(asleep, std::chrono::steady_clock::now());
  if (const auto still = c.by.still_known("look", r.param("id")); !still) co_return problem_response(still.error());
  http::response answer;
  if (over && ends_on_disk(**known)) {
    answer = co_await results_from_disk(c.at().clock(), *known, r.verb);
  } else if (over) {
    answer = results_answer(c.at().clock(), *known, r.verb);
  } else {
    const auto status = task::to_string((*known)->moment().status);
    answer = problem_response(problem::not_ready, "the task is " + std::string(status) + "; ask again in a moment",
                              "\"task_status\":\"" + std::string(status) + '"');
  }
  if (wait) answer.set("Preference-Applied", http::applied_wait(*wait));
  answer.set("Server-Timing", timing.field(std::chrono::steady_clock::now()));
  co_return answer;
}

}  // namespace streamdemo::gateway::endpoints
