#include "gateway/api/problem.hpp"

#include <doctest/doctest.h>
#include <streamdemo/base/json.hpp>

#include <set>

using namespace streamdemo;
using namespace streamdemo::gateway;

namespace {

std::string_view field(const http::response& r, std::string_view name) {
  for (const auto& f : r.fields) {
    if (f.name == name) return f.value;
  }
  return {};
}

}  // namespace

TEST_CASE("a problem is RFC 9457 JSON with type, title, status and detail") {
  const auto r = problem_response(problem::unknown_kind, "there is no kind \"x\"", "\"kinds\":[\"simulate\"]");
  CHECK(r.status == 404);
  CHECK(field(r, "Content-Type") == "application/problem+json");
  CHECK(std::get<std::string>(r.body) ==
        "{\"type\":\"urn:streamdemo:problem:unknown-kind\",\"title\":\"There is no such kind of task\",\"status\":404,"
        "\"detail\":\"there is no kind \\\"x\\\"\",\"kinds\":[\"simulate\"]}\n");
}

TEST_CASE("429 and 503 say when to come again") {
  for (int i = 0; i <= static_cast<int>(problem::no_space); ++i) {
    const auto& row = row_of(static_cast<problem>(i));
    if (row.status == 429 || row.status == 503) CHECK(row.retry_after > 0);
  }
  CHECK(field(problem_response(problem::overloaded, "full"), "Retry-After") == "2");
}

TEST_CASE("not ready and unknown are told apart by their types") {
  CHECK(row_of(problem::not_ready).status == row_of(problem::unknown_task).status);
  CHECK(row_of(problem::not_ready).name != row_of(problem::unknown_task).name);
  CHECK(row_of(problem::not_ready).retry_after > 0);
}

TEST_CASE("every problem has a name of its own") {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(problem::no_space); ++i) names.insert(row_of(static_cast<problem>(i)).name);
  CHECK(names.size() == static_cast<std::size_t>(problem::no_space) + 1);
}

TEST_CASE("errors that may pass become 503, a full disk 507, another payload 422") {
  using base::errc;
  CHECK(row_of(problem_of(errc::full)).status == 503);
  CHECK(row_of(problem_of(errc::unavailable)).status == 503);
  CHECK(row_of(problem_of(errc::timed_out)).status == 503);
  CHECK(row_of(problem_of(errc::closed)).status == 503);
  CHECK(row_of(problem_of(errc::no_space)).status == 507);
  CHECK(row_of(problem_of(errc::conflict)).status == 422);
  CHECK(row_of(problem_of(errc::not_found)).status == 404);
  CHECK(row_of(problem_of(errc::too_large)).status == 413);
  CHECK(row_of(problem_of(errc::internal)).status == 500);
}

TEST_CASE("a detail that is no UTF-8 does not break the JSON") {
  const auto r = problem_response(problem::bad_request, "\xff\xfe");
  CHECK(base::is_json(std::get<std::string>(r.body)));
}

TEST_CASE("a status of the server's own keeps its number") {
  const auto r = problem_response(problem_of_status(505), "only HTTP/1.1", {}, 505);
  CHECK(r.status == 505);
  CHECK(std::get<std::string>(r.body).find("\"status\":505") != std::string::npos);
}
