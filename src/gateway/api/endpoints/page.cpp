// GET / and the page's files.
#include <streamdemo/http/fields/etag.hpp>
#include "gateway/api/body/page_files.hpp"
#include "gateway/api/endpoints/endpoints.hpp"
#include "gateway/api/problem.hpp"

namespace streamdemo::gateway::endpoints {

namespace {

constexpr std::string_view policy =
    "default-src 'self'; media-src 'self' blob:; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'";

}  // namespace

answering page(call& c) {
  auto& r = c.request;
  const auto* file = c.at().page().find(r.param("file"));
  if (file == nullptr) co_return problem_response(problem::unknown_path, "there is nothing at this path");
  http::response answer;
  // The browser asks every time and gets 304 until the binary is another.
  answer.set("Cache-Control", "no-cache");
  answer.set("ETag", file->etag);
  if (http::none_match_hits(r.header("If-None-Match"), file->etag)) {
    answer.status = 304;
    co_return answer;
  }
  answer.set("Content-Type", std::string(file->type));
  answer.set("Content-Security-Policy", std::string(policy));
  answer.set("Referrer-Policy", "no-referrer");
  answer.body = file->bytes;
  co_return answer;
}

}  // namespace streamdemo::gateway::endpoints
