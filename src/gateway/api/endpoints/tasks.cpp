// GET /api/tasks?limit=N&kind=K&status=S: recent tasks that the caller may read, newest first.
#include "gateway/api/body/answers.hpp"
#include "gateway/api/endpoints/endpoints.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/stream/cursor.hpp"

namespace streamdemo::gateway::endpoints {

namespace {

constexpr std::int64_t default_limit = 50;
constexpr std::int64_t max_limit = 1000;

bool is_status(std::string_view text) {
  return text == task::to_string(task::status::queued) || text == task::to_string(task::status::running) ||
         task::parse_end(text);
}

}  // namespace

answering tasks(call& c) {
  auto& r = c.request;
  std::int64_t limit = default_limit;
  if (const auto text = r.query_value("limit")) {
    limit = parse_cursor(*text).value_or(0);
    if (limit < 1 || limit > max_limit) {
      co_return problem_response(problem::bad_option, "limit must be a whole number from 1 to 1000");
    }
  }
  const auto& who = c.by.who();
  const auto owner = has_scope(who.may, scope::admin) ? std::nullopt : std::optional<std::string_view>(who.owner);
  const auto kind = r.query_value("kind");
  const auto status = r.query_value("status");
  if (status && !is_status(*status)) {
    co_return problem_response(problem::bad_option,
                               "status must be queued, running, succeeded, failed, canceled or expired");
  }
  const auto wanted = [&](const task_view& v) {
    return c.by.sees(v) && (!kind || v.kind == *kind) && (!status || task::to_string(v.status) == *status);
  };
  std::string out = "{\"tasks\":[";
  const auto found = co_await recent(c.at().all(), owner, static_cast<std::size_t>(limit), wanted);
  for (const auto& h : found) {
    if (out.back() != '[') out += ',';
    append_summary(out, h->view());
  }
  out += "]}\n";
  co_return json_response(200, std::move(out));
}

}  // namespace streamdemo::gateway::endpoints
