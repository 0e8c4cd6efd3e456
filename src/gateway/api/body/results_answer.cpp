#include "gateway/api/body/results_answer.hpp"

#include "gateway/api/body/events_body.hpp"
#include "gateway/api/problem.hpp"

namespace streamdemo::gateway {

namespace {

http::response answer_with(base::result<std::unique_ptr<events_body>> body, http::verb v) {
  if (!body) return problem_response(problem::gone, body.error().message);
  http::response r;
  r.set("Content-Type", "application/json");
  if (v != http::verb::head && (*body)->is_small()) {
    auto text = (*body)->all();
    if (text) {
      r.body = std::move(*text);
      return r;
    }
    if (text.error().code != base::errc::unavailable) return problem_response(problem::gone, text.error().message);
  }
  r.body = std::unique_ptr<http::body_source>(std::move(*body));
  return r;
}

}  // namespace

http::response results_answer(const base::clock& clock, const history_ptr& h, http::verb v) {
  return answer_with(events_body::of_results(h, clock), v);
}

bool ends_on_disk(const history& h) {
  const auto end = h.read(h.last_seq() - 1, 0, 0);
  return end.on_disk && end.kept_from == 0;
}

base::awaitable<http::response> results_from_disk(const base::clock& clock, history_ptr h, http::verb v) {
  const auto end = co_await read_from_disk(h, h->last_seq() - 1, 1, SIZE_MAX);
  co_return answer_with(events_body::of_results(h, clock, end), v);
}

}  // namespace streamdemo::gateway
