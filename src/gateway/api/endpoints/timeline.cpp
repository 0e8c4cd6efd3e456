// GET /api/tasks/{id}/timeline?after=N: when this gateway read a task and each of its events, and when it wrote them to
// clients.
#include <streamdemo/base/json.hpp>

#include "gateway/api/body/answers.hpp"
#include "gateway/api/endpoints/endpoints.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/stream/cursor.hpp"

namespace streamdemo::gateway::endpoints {

namespace {

struct bus_words {
  std::string_view name;
  std::string_view title;  // for people, after "the bus is"
};

// A switch, so that the compiler warns if a new bus has no words here.
constexpr bus_words words_of(config::bus_kind bus) noexcept {
  switch (bus) {
    case config::bus_kind::inprocess:
      return {"inprocess", "inside the process"};
    case config::bus_kind::kafka:
      break;
  }
  return {"kafka", "Kafka"};
}

void append_task(std::string& out, const task_view& view, const local_times& times) {
  append_time(out, "accepted_at", view.accepted_at);
  append_time(out, "first_folded", times.first_folded);
  append_time(out, "first_written", times.first_written);
  append_time(out, "last_folded", times.last_folded);
  append_time(out, "last_written", times.last_written);
  append_time(out, "ended_at", view.ended_at);
}

void append_event(std::string& out, const event_times& e) {
  out += "{\"seq\":" + std::to_string(e.seq) + ",\"type\":\"";
  out += task::to_string(e.type);
  out += '"';
  append_time(out, "folded", e.folded);
  append_time(out, "first_written", e.first_written);
  append_time(out, "last_written", e.last_written);
  out += '}';
}

}  // namespace

answering timeline(call& c) {
  auto& r = c.request;
  const auto cursor = poll_cursor(r);
  if (!cursor) co_return problem_response(problem::bad_cursor, cursor.error().message);
  auto known = co_await c.task();
  if (!known) co_return problem_response(known.error());
  const auto view = (*known)->view();
  const auto events = (*known)->times(*cursor, c.at().settings().gateway.max_events_per_read);
  const auto next = events.empty() ? *cursor : events.back().seq;
  const auto bus = words_of(c.at().settings().bus);
  std::string out = "{\"request_id\":" + base::json_string(view.request_id) +
                    ",\"gateway\":" + base::json_string(c.at().instance()) + ",\"bus\":" + base::json_string(bus.name) +
                    ",\"bus_title\":" + base::json_string(bus.title) +
                    ",\"accepted_by\":" + base::json_string(view.accepted_by);
  append_task(out, view, (*known)->times());
  out += ",\"events\":[";
  for (const auto& e : events) {
    if (&e != &events.front()) out += ',';
    append_event(out, e);
  }
  out += "],\"next\":" + std::to_string(next) + (next < view.last_seq ? ",\"more\":true" : ",\"more\":false");
  // Added last, so that it is close to the time at which the client gets it and clocks can be compared by it.
  append_time(out, "now", c.at().clock().now());
  out += "}\n";
  co_return json_response(200, std::move(out));
}

}  // namespace streamdemo::gateway::endpoints
