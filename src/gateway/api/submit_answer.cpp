#include "gateway/api/submit_answer.hpp"

#include <streamdemo/base/json.hpp>

#include <array>

#include "gateway/api/accept.hpp"
#include "gateway/api/answers.hpp"
#include "gateway/api/prefer.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/results_answer.hpp"
#include "gateway/api/streams.hpp"
#include "gateway/api/waiting.hpp"

namespace streamdemo::gateway {

namespace {

constexpr std::array<std::string_view, 3> offered{"application/json", "text/event-stream", "application/x-ndjson"};

}  // namespace

base::awaitable<http::reply> submit_answer(core& a, const http::request& r, history_ptr h) {
  const auto self = self_url(h->view().request_id);
  if (const auto form = best_offer(r.joined_header("Accept"), offered).value_or(0); form > 0) {
    auto stream = open_stream(a, form == 1 ? wire::sse : wire::json_lines, std::move(h), 0);
    stream.fields.push_back({"Location", self});
    co_return stream;
  }
  const auto wait = preferred_wait(r.joined_header("Prefer"), a.settings().gateway.max_wait);
  bool over = false;
  if (wait) over = co_await ended(a, h, std::chrono::steady_clock::now() + *wait);
  http::response answer;
  answer.status = 202;
  if (over) answer = results_answer(a.context().clock, h, r.verb);
  if (answer.status != 200) {
    answer = json_response(202, task_json(h->view()));
    answer.set("Retry-After", "1");
  }
  answer.set("Location", self);
  if (wait) answer.set("Preference-Applied", applied_wait(*wait));
  co_return answer;
}

base::awaitable<http::reply> submit_answer(core& a, const http::request& r, accepted_task t) {
  const auto max = a.settings().gateway.max_wait;
  const bool stream = best_offer(r.joined_header("Accept"), offered).value_or(0) > 0;
  const auto wanted = preferred_wait(r.joined_header("Prefer"), max).value_or(std::chrono::seconds(0));
  const auto wait = stream ? max : base::milliseconds(wanted);
  auto h = co_await read_back(a, t, std::chrono::steady_clock::now() + wait);
  if (h) co_return co_await submit_answer(a, r, std::move(h));
  // Nothing more is known here, and that is enough to be told where it will be.
  task_view queued;
  queued.request_id = t.request_id;
  queued.kind = r.param("kind");
  auto answer = json_response(202, task_json(queued));
  answer.set("Retry-After", "1").set("Location", self_url(t.request_id));
  co_return answer;
}

refusal unknown_kind(const core& a, std::string_view kind) {
  std::string names;
  std::string list;
  for (const auto& k : a.context().kinds) {
    if (!names.empty()) names += ", ";
    names += k.name;
    list += (list.empty() ? "" : ",") + base::json_string(k.name);
  }
  const auto shown = base::is_utf8(kind) ? std::string(kind.substr(0, 64)) : std::string("?");
  return {problem::unknown_kind, "there is no kind \"" + shown + "\"; the kinds here are: " + names,
          "\"kinds\":[" + list + "]"};
}

}  // namespace streamdemo::gateway
