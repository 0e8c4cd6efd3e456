#include "compare/client/follow.hpp"

#include <fmt/format.h>

#include <streamdemo/base/notifier.hpp>
#include <streamdemo/http/event_stream.hpp>

namespace streamdemo::compare {

namespace {

using base::errc;
using base::error;
using http::verb;
using std::chrono::steady_clock;

constexpr auto try_again_after = std::chrono::milliseconds(50);

error unexpected(std::string_view what, const http::client_response& r) {
  return {errc::corrupt, fmt::format("{} was answered with {}: {}", what, r.status, r.body.substr(0, 200))};
}

// Polls at fixed times, however long the responses take, over one connection or a new one each time.
base::awaitable<base::result<void>> poll(http::client& c, const transport& how, std::string id, patience limit,
                                         observation& seen) {
  const bool classic = how.method == method::classic;
  std::vector<http::field> fields;
  if (how.method == method::long_poll) fields.push_back({"Prefer", "wait=25"});
  if (!how.keep_alive) fields.push_back({"Connection", "close"});
  auto next = steady_clock::now();
  while (!seen.ended()) {
    auto target = classic ? "/api/results/" + id : fmt::format("/api/tasks/{}?after={}", id, seen.cursor());
    const auto answer = co_await c.send(verb::get, std::move(target), fields, {}, limit.until);
    if (!answer) co_return answer.error();
    ++seen.requests;
    bool more = how.method == method::long_poll;
    const auto before = seen.cursor();
    if (answer->status == 200 && classic) {
      const auto events = parse_results_answer(answer->body);
      if (!events) co_return unexpected("the classic poll", *answer);
      seen.take(*events, now());
    } else if (answer->status == 200) {
      const auto page = parse_poll_answer(answer->body);
      if (!page) co_return unexpected("a poll", *answer);
      seen.take(page->events, now());
      more = more || page->more;
    } else if (!(classic && answer->status == 404 && answer->body.find("not-ready") != std::string::npos)) {
      co_return unexpected("a poll", *answer);
    }
    if (seen.cursor() == before) ++seen.empty_answers;
    if (more || seen.ended()) continue;
    next = std::max(next + how.interval, steady_clock::now());
    if (next > limit.until) co_return error{errc::timed_out, "the task did not end in time"};
    co_await base::sleep_until(next);
  }
  co_return base::result<void>{};
}

void take_one(std::string_view text, std::vector<event>& events) {
  if (auto e = parse_event(text)) events.push_back(std::move(*e));
}

base::awaitable<base::result<void>> stream(http::client& c, const transport& how, std::string id, patience limit,
                                           observation& seen) {
  const bool sse = how.method == method::sse;
  std::vector<http::field> fields(1, http::field{"Accept", sse ? "text/event-stream" : "application/x-ndjson"});
  if (seen.cursor() > 0) fields.push_back({"Last-Event-ID", std::to_string(seen.cursor())});
  const auto opened = co_await c.open_stream("/api/tasks/" + id + "/events", std::move(fields), limit.until);
  if (!opened) co_return opened.error();
  ++seen.requests;
  if (opened->status != 200) co_return unexpected("the stream", *opened);
  http::sse_reader frames;
  http::line_reader lines;
  for (;;) {
    const auto piece = co_await c.read_some(limit.until);
    if (!piece) co_return piece.error();
    if (piece->empty()) break;
    const auto at = now();
    std::vector<event> events;
    if (sse) {
      frames.feed(*piece);
      while (const auto f = frames.next()) take_one(f->data, events);
    } else {
      lines.feed(*piece);
      while (const auto line = lines.next()) take_one(*line, events);
    }
    seen.take(events, at);
  }
  if (!seen.ended()) co_return error{errc::closed, "the stream ended before the task"};
  co_return base::result<void>{};
}

// A client that comes back to a server that was away.
base::awaitable<base::result<void>> stream_on(http::client& c, const transport& how, std::string id, patience limit,
                                              observation& seen) {
  std::optional<base::steady_time> away_since;
  for (;;) {
    const auto before = seen.cursor();
    auto done = co_await stream(c, how, id, limit, seen);
    // An answer that is none, such as 404, does not get better.
    if (done || done.error().code == errc::corrupt) co_return done;
    if (seen.cursor() != before) away_since.reset();
    const auto now = steady_clock::now();
    if (!away_since) away_since = now;
    if (now >= *away_since + limit.away || now >= limit.until) co_return done;
    c.disconnect();
    co_await base::sleep_for(try_again_after);
  }
}

base::awaitable<base::result<void>> socket(http::client& c, std::string id, patience limit, observation& seen) {
  std::vector<http::field> fields(1, http::field{"Sec-WebSocket-Protocol", "streamdemo.v1"});
  const auto opened = co_await c.open_websocket("/api/tasks/" + id + "/events", std::move(fields), limit.until);
  if (!opened) co_return opened.error();
  ++seen.requests;
  if (opened->status != 101) co_return unexpected("the WebSocket", *opened);
  for (;;) {
    auto text = co_await c.read_message(limit.until);
    if (!text) {
      // Read on to the close frame, so that the server sees a normal end.
      if (seen.ended()) break;
      co_return text.error();
    }
    const auto at = now();
    std::vector<event> one;
    take_one(*text, one);
    seen.take(one, at);
  }
  co_return base::result<void>{};
}

}  // namespace

base::awaitable<base::result<std::string>> submit(const place& at, base::executor ex, std::string kind,
                                                  std::string body, http::wire_counts& wire) {
  const auto c = at.client(ex);
  std::vector<http::field> fields(1, http::field{"Content-Type", "application/json"});
  fields.push_back({"Connection", "close"});
  const auto limit = steady_clock::now() + std::chrono::seconds(20);
  const auto answer = co_await c->send(verb::post, "/api/" + kind, std::move(fields), std::move(body), limit);
  c->disconnect();
  wire += c->wire();
  if (!answer) co_return answer.error();
  auto id = string_member(answer->body, "request_id");
  if (answer->status != 202 || id.empty()) co_return unexpected("submitting a task", *answer);
  co_return id;
}

base::awaitable<base::result<void>> cancel(const place& at, base::executor ex, std::string id,
                                           http::wire_counts& wire) {
  const auto c = at.client(ex);
  std::vector<http::field> fields(1, http::field{"Connection", "close"});
  const auto limit = steady_clock::now() + std::chrono::seconds(20);
  const auto answer = co_await c->send(verb::post, "/api/tasks/" + id + "/cancel", std::move(fields), {}, limit);
  c->disconnect();
  wire += c->wire();
  if (!answer) co_return answer.error();
  co_return base::result<void>{};
}

base::awaitable<void> follow(const place& at, base::executor ex, const transport& how, std::string id, patience limit,
                             observation& seen) {
  const auto c = at.client(ex);
  seen.request_id = id;
  auto done = base::result<void>{};
  if (how.method == method::websocket) {
    done = co_await socket(*c, std::move(id), limit, seen);
  } else if (how.streams()) {
    done = co_await stream_on(*c, how, std::move(id), limit, seen);
  } else {
    done = co_await poll(*c, how, std::move(id), limit, seen);
  }
  if (!done) seen.failure = done.error().message;
  c->disconnect();
  seen.wire = c->wire();
}

}  // namespace streamdemo::compare
