#include "gateway/api/body/results_answer.hpp"

#include "gateway/api/body/events_body.hpp"
#include "gateway/api/problem.hpp"

namespace streamdemo::gateway {

http::response results_answer(const base::clock& clock, const history_ptr& h, http::verb v) {
  auto body = events_body::of_results(h, clock);
  if (!body) return problem_response(problem::gone, body.error().message);
  http::response r;
  r.set("Content-Type", "application/json");
  if (v == http::verb::head || !(*body)->is_small()) {
    r.body = std::unique_ptr<http::body_source>(std::move(*body));
    return r;
  }
  auto text = (*body)->all();
  if (!text) return problem_response(problem::gone, text.error().message);
  r.body = std::move(*text);
  return r;
}

}  // namespace streamdemo::gateway
