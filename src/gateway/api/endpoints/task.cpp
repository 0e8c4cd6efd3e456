// GET /api/tasks/{id}?after=N: the live resource, and with `Prefer: wait=N` the long poll.
#include <streamdemo/http/fields/etag.hpp>
#include <streamdemo/http/fields/prefer.hpp>
#include "gateway/api/body/answers.hpp"
#include "gateway/api/body/request_timing.hpp"
#include "gateway/api/endpoints/endpoints.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/stream/cursor.hpp"
#include "gateway/api/waiting.hpp"

namespace streamdemo::gateway::endpoints {

namespace {

// About so many bytes of events are in one answer; for the rest the client asks again, with after=`next`.
constexpr std::size_t max_answer_bytes = 256 << 10;

http::response gone(std::int64_t after, std::int64_t kept_from) {
  const auto from = std::to_string(kept_from);
  return problem_response(problem::gone,
                          "the events from " + std::to_string(after + 1) + " to " + std::to_string(kept_from - 1) +
                              " are no longer kept; go on with after=" + std::to_string(kept_from - 1),
                          "\"kept_from\":" + from);
}

std::string small_body(const task_identity& of, const task_moment& now, const live_answer& live,
                       const history::batch& b) {
  constexpr std::size_t most_around = 256;  // enough for most kinds
  std::string out;
  out.reserve(most_around + live.event_bytes + b.events.size());
  append_live_head(out, of, now);
  for (const auto& e : b.events) {
    if (e != b.events.front()) out += ',';
    out += e->json();
  }
  append_live_tail(out, now, live.next);
  return out;
}

std::unique_ptr<events_body> large_body(const call& c, const history_ptr& h, const task_moment& now,
                                        const live_answer& live, const history::batch& b) {
  events_body::frame around;
  append_live_head(around.head, h->identity(), now);
  append_live_tail(around.tail, now, live.next);
  const events_body::range what{
      .after = b.events.front()->seq() - 1, .last = live.next, .bytes = live.event_bytes, .count = b.events.size()};
  return std::make_unique<events_body>(h, c.at().clock(), std::move(around), what);
}

http::response answer_of(const call& c, const history_ptr& h, const task_moment& now, live_answer live,
                         const history::batch& b, bool unchanged) {
  http::response r;
  r.fields.reserve(5);
  if (unchanged) {
    r.status = 304;
  } else {
    r.set("Content-Type", "application/json");
    if (live.event_bytes <= events_body::small_bytes) {
      if (!b.events.empty()) h->written(b.events.front()->seq() - 1, live.next, c.at().clock().now());
      r.body = small_body(h->identity(), now, live, b);
    } else {
      r.body = large_body(c, h, now, live, b);
    }
  }
  r.set("ETag", std::move(live.etag));
  return r;
}

// Answers as soon as there is something that the client does not have, otherwise at `until`; nullopt: does not wait.
base::awaitable<http::response> poll(const call& c, history_ptr h, std::int64_t after,
                                     std::optional<base::steady_time> until, request_timing& timing) {
  auto& a = c.at();
  const auto if_none_match = c.request.header("If-None-Match");
  for (std::int64_t seen = -1;;) {
    auto batch = h->read(after, a.settings().gateway.max_events_per_read, max_answer_bytes);
    if (batch.on_disk && batch.kept_from == 0) {
      batch = co_await read_from_disk(h, after, a.settings().gateway.max_events_per_read, max_answer_bytes);
    }
    if (batch.kept_from != 0) co_return gone(after, batch.kept_from);
    const auto now = h->moment();
    auto live = make_live_answer(now, batch, after);
    const bool unchanged = http::none_match_hits(if_none_match, live.etag);
    const bool over = task::is_end(now.status) && live.next >= now.last_seq;
    // A wake-up without a new event: the log lost the task. Answer, so that the client asks again instead of waiting
    // here.
    const bool in_vain = seen == now.last_seq;
    seen = now.last_seq;
    if (over || in_vain || !until || (!batch.events.empty() && !unchanged)) {
      co_return answer_of(c, h, now, std::move(live), batch, unchanged);
    }
    const auto asleep = std::chrono::steady_clock::now();
    const bool more = co_await news(a, h, std::max(after, now.last_seq), *until);
    timing.waited(asleep, std::chrono::steady_clock::now());
    if (!more) co_return answer_of(c, h, now, std::move(live), batch, unchanged);
  }
}

}  // namespace

answering task(call& c) {
  auto& r = c.request;
  request_timing timing(std::chrono::steady_clock::now());
  const auto cursor = poll_cursor(r);
  if (!cursor) co_return problem_response(problem::bad_cursor, cursor.error().message);
  auto known = co_await c.task();
  if (!known) co_return problem_response(known.error());
  const auto wait = http::preferred_wait(r.joined_header("Prefer"), c.at().settings().gateway.max_wait);
  // The cursor may come from another gateway that has read further than this one.
  const bool ahead = *cursor > (*known)->last_seq();
  const auto patience =
      std::max<base::milliseconds>(wait.value_or(std::chrono::seconds(0)),
                                   ahead ? c.at().settings().gateway.unknown_task_wait : base::milliseconds(0));
  std::optional<base::steady_time> until;
  if (patience.count() > 0) until = std::chrono::steady_clock::now() + patience;
  auto answer = co_await poll(c, std::move(*known), *cursor, until, timing);
  if (const auto still = c.by.still_known("look", r.param("id")); !still) co_return problem_response(still.error());
  if (wait) answer.set("Preference-Applied", http::applied_wait(*wait));
  answer.set("Server-Timing", timing.field(std::chrono::steady_clock::now()));
  co_return answer;
}

}  // namespace streamdemo::gateway::endpoints
