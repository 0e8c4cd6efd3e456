#include "gateway/api/submit/submit_answer.hpp"

#include <array>

#include <streamdemo/http/fields/accept.hpp>
#include <streamdemo/http/fields/prefer.hpp>
#include "gateway/api/body/answers.hpp"
#include "gateway/api/body/results_answer.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/stream/streams.hpp"
#include "gateway/api/waiting.hpp"

namespace streamdemo::gateway {

namespace {

constexpr std::array<std::string_view, 3> offered{"application/json", "text/event-stream", "application/x-ndjson"};

http::response accepted_answer(const task_view& v) {
  auto answer = json_response(202, task_json(v));
  answer.set("Retry-After", "1").set("Location", self_url(v.request_id));
  return answer;
}

}  // namespace

base::awaitable<http::reply> submit_answer(const call& c, history_ptr h) {
  const auto self = self_url(h->identity().request_id);
  // A caller that may submit but not read gets the 202 and no results.
  if (!c.by.may(action::read)) co_return accepted_answer(h->view());
  if (const auto form = http::best_offer(c.request.joined_header("Accept"), offered).value_or(0); form > 0) {
    auto place = c.by.stream_place();
    // The task is accepted, whatever else its owner has open.
    if (!place) co_return accepted_answer(h->view());
    auto stream = open_stream(c.by, std::move(*place), form == 1 ? wire::sse : wire::json_lines, std::move(h), 0);
    stream.fields.push_back({"Location", self});
    co_return stream;
  }
  const auto wait = http::preferred_wait(c.request.joined_header("Prefer"), c.at().settings().gateway.max_wait);
  bool over = false;
  if (wait) over = co_await ended(c.at(), h, std::chrono::steady_clock::now() + *wait);
  http::response answer;
  if (over && ends_on_disk(*h)) {
    answer = co_await results_from_disk(c.at().clock(), h, c.request.verb);
  } else if (over) {
    answer = results_answer(c.at().clock(), h, c.request.verb);
  }
  if (over && answer.status == 200) {
    answer.set("Location", self);
  } else {
    answer = accepted_answer(h->view());
  }
  if (wait) answer.set("Preference-Applied", http::applied_wait(*wait));
  co_return answer;
}

base::awaitable<http::reply> submit_answer(const call& c, accepted_task t) {
  const auto max = c.at().settings().gateway.max_wait;
  const bool stream = http::best_offer(c.request.joined_header("Accept"), offered).value_or(0) > 0;
  const auto wanted = http::preferred_wait(c.request.joined_header("Prefer"), max).value_or(std::chrono::seconds(0));
  const auto wait = stream ? max : base::milliseconds(wanted);
  auto h = co_await read_back(c.at(), t, std::chrono::steady_clock::now() + wait);
  if (h) co_return co_await submit_answer(c, std::move(h));
  // Nothing more is known here yet, and it is enough for the task's URLs.
  task_view queued;
  queued.request_id = t.request_id;
  queued.kind = c.request.param("kind");
  co_return accepted_answer(queued);
}

}  // namespace streamdemo::gateway
