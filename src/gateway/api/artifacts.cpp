// GET /api/artifacts/{id}/{name}: files that results point to, whole or in part.
#include <streamdemo/http/date.hpp>

#include "gateway/api/endpoints.hpp"
#include "gateway/api/file_body.hpp"
#include "gateway/api/media_type.hpp"
#include "gateway/api/preconditions.hpp"
#include "gateway/api/problem.hpp"
#include "gateway/api/range.hpp"

namespace streamdemo::gateway::endpoints {

namespace {

void set_headers(http::response& r, const artifacts::file& f, std::string_view name, const std::string& modified) {
  const auto type = artifact_type(name);
  r.set("Content-Type", std::string(type.name));
  if (!type.is_media) r.set("Content-Disposition", "attachment; filename=\"" + std::string(name) + '"');
  r.set("ETag", f.etag);
  r.set("Last-Modified", modified);
  r.set("Accept-Ranges", "bytes");
  // A file never changes under its name.
  r.set("Cache-Control", "private, max-age=3600, immutable");
  r.set("Content-Security-Policy", "sandbox");
}

}  // namespace

answering artifacts(core& a, http::request& r) {
  const auto id = std::string(r.param("id"));
  const auto name = std::string(r.param("name"));
  const auto file = co_await a.context().files.open(id, name);
  if (!file) {
    if (file.error().code != base::errc::not_found) co_return problem_response(file.error());
    co_return problem_response(problem::unknown_file, "there is no such file; files are kept for a while only");
  }
  const auto modified = http::date_text(file->modified);
  http::response answer;
  const auto condition = judge_preconditions(r, file->etag, file->modified);
  if (condition == precondition::failed) {
    co_return problem_response(problem::precondition,
                               "the file is not the one that If-Match or If-Unmodified-Since names");
  }
  if (condition == precondition::not_modified) {
    answer.status = 304;
    answer.set("ETag", file->etag);
    answer.set("Cache-Control", "private, max-age=3600, immutable");
    co_return answer;
  }
  byte_range range;
  // HEAD tells of the whole: a range is defined for GET only (RFC 9110 section 14.2).
  if (r.verb == http::verb::get && if_range_holds(r.header("If-Range"), file->etag, modified)) {
    range = parse_range(r.joined_header("Range"), file->size);
  }
  if (range.what == byte_range::kind::beyond) {
    answer = problem_response(problem::range, "the file has " + std::to_string(file->size) + " bytes");
    answer.set("Content-Range", content_range(range, file->size));
    co_return answer;
  }
  set_headers(answer, *file, name, modified);
  std::uint64_t first = 0;
  std::uint64_t size = file->size;
  if (range.what == byte_range::kind::part) {
    answer.status = 206;
    answer.set("Content-Range", content_range(range, file->size));
    first = range.first;
    size = range.last - range.first + 1;
  }
  if (size > 0) answer.body = std::make_unique<file_body>(a.context().files, *file, first, size);
  co_return answer;
}

}  // namespace streamdemo::gateway::endpoints
