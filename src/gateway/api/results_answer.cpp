#include "gateway/api/results_answer.hpp"

#include "gateway/api/problem.hpp"
#include "gateway/api/results_body.hpp"

namespace streamdemo::gateway {

namespace {

// Above it the body is read from the history while it is sent.
constexpr std::uint64_t at_once_bytes = 256 << 10;

}  // namespace

http::response results_answer(const base::clock& clock, const history_ptr& h) {
  auto body = results_body::make(h);
  if (!body) return problem_response(problem::gone, body.error().message);
  const auto view = h->view();
  h->written(view.results_begin, view.last_seq, clock.now());
  http::response r;
  r.set("Content-Type", "application/json");
  if ((*body)->size() > at_once_bytes) {
    r.body = std::unique_ptr<http::body_source>(std::move(*body));
    return r;
  }
  auto text = (*body)->all();
  if (!text) return problem_response(problem::gone, text.error().message);
  r.body = std::move(*text);
  return r;
}

}  // namespace streamdemo::gateway
