// GET /api/artifacts/{id}/{name}: files that results point to, whole or in part, or where the store has them.
#include <streamdemo/http/date.hpp>

#include <streamdemo/http/fields/media_type.hpp>
#include <streamdemo/http/fields/preconditions.hpp>
#include <streamdemo/http/fields/range.hpp>
#include "gateway/api/body/file_body.hpp"
#include "gateway/api/endpoints/endpoints.hpp"
#include "gateway/api/problem.hpp"

namespace streamdemo::gateway::endpoints {

namespace {

std::string disposition_of(const http::media_type& type, std::string_view name) {
  return type.is_media ? std::string{} : "attachment; filename=\"" + std::string(name) + '"';
}

void set_headers(http::response& r, const artifacts::file& f, std::string_view name, const std::string& modified) {
  const auto type = http::artifact_type(name);
  r.set("Content-Type", std::string(type.name));
  if (auto disposition = disposition_of(type, name); !disposition.empty()) {
    r.set("Content-Disposition", std::move(disposition));
  }
  r.set("ETag", f.etag);
  r.set("Last-Modified", modified);
  r.set("Accept-Ranges", "bytes");
  // A file never changes under its name.
  r.set("Cache-Control", "private, max-age=3600, immutable");
  r.set("Content-Security-Policy", "sandbox");
}

// Sends the client to the store, which then judges Range and If-Range: it has the same ETag.
http::response elsewhere(std::string address) {
  http::response answer;
  answer.status = 302;
  answer.set("Location", std::move(address));
  // The address is good for a short while only, and for whoever has it.
  answer.set("Cache-Control", "no-store");
  answer.set("Referrer-Policy", "no-referrer");
  return answer;
}

}  // namespace

answering artifacts(call& c) {
  auto& r = c.request;
  const auto id = std::string(r.param("id"));
  const auto name = std::string(r.param("name"));
  auto file = base::result<artifacts::file>(base::error{base::errc::not_found, {}});
  if (co_await c.by.may_read_files(id)) file = co_await c.at().files().open(id, name);
  if (!file) {
    if (file.error().code != base::errc::not_found) co_return problem_response(for_clients(file.error()));
    co_return problem_response(problem::unknown_file, "there is no such file; files are kept for a while only");
  }
  const auto modified = http::date_text(file->modified);
  http::response answer;
  const auto condition = http::judge_preconditions(r, file->etag, file->modified);
  if (condition == http::precondition::failed) {
    co_return problem_response(problem::precondition,
                               "the file is not the one that If-Match or If-Unmodified-Since names");
  }
  if (condition == http::precondition::not_modified) {
    answer.status = 304;
    answer.set("ETag", file->etag);
    answer.set("Cache-Control", "private, max-age=3600, immutable");
    co_return answer;
  }
  const auto type = http::artifact_type(name);
  const artifacts::link_request wanted{r.verb == http::verb::head, std::string(type.name), disposition_of(type, name)};
  if (auto address = c.at().files().link(*file, wanted)) co_return elsewhere(std::move(*address));
  http::byte_range range;
  // HEAD describes the whole file: a range is defined for GET only (RFC 9110 section 14.2).
  if (r.verb == http::verb::get && http::if_range_holds(r.header("If-Range"), file->etag, modified)) {
    range = http::parse_range(r.joined_header("Range"), file->size);
  }
  if (range.what == http::byte_range::kind::beyond) {
    answer = problem_response(problem::range, "the file has " + std::to_string(file->size) + " bytes");
    answer.set("Content-Range", http::content_range(range, file->size));
    co_return answer;
  }
  set_headers(answer, *file, name, modified);
  std::uint64_t first = 0;
  std::uint64_t size = file->size;
  if (range.what == http::byte_range::kind::part) {
    answer.status = 206;
    answer.set("Content-Range", http::content_range(range, file->size));
    first = range.first;
    size = range.last - range.first + 1;
  }
  if (size > 0) answer.body = std::make_unique<file_body>(c.at().files(), *file, first, size);
  co_return answer;
}

}  // namespace streamdemo::gateway::endpoints
