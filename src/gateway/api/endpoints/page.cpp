// GET / and the files of the web pages. {room} is a folder in src/gateway/web: scripts and styles of one page, or
// shared ones.
#include <streamdemo/http/fields/accept.hpp>
#include <streamdemo/http/fields/etag.hpp>

#include "gateway/api/body/page_files.hpp"
#include "gateway/api/endpoints/endpoints.hpp"
#include "gateway/api/problem.hpp"

namespace streamdemo::gateway::endpoints {

answering page(call& c) {
  auto& r = c.request;
  std::string name(r.param("room"));
  if (!name.empty()) name += '/';
  name += r.param("file");
  const auto* file = c.at().page().find(name);
  if (file == nullptr) co_return problem_response(problem::unknown_path, "there is nothing at this path");
  http::response answer;
  // The browser asks every time and gets 304 until the file has changed.
  answer.set("Cache-Control", "no-cache");
  const bool compressed = file->gzip.bytes != nullptr && http::takes_coding(r.joined_header("Accept-Encoding"), "gzip");
  const auto& sent = compressed ? file->gzip : file->plain;
  answer.set("ETag", sent.etag);
  if (file->gzip.bytes != nullptr) answer.set("Vary", "Accept-Encoding");
  if (http::none_match_hits(r.header("If-None-Match"), sent.etag)) {
    answer.status = 304;
    co_return answer;
  }
  if (compressed) answer.set("Content-Encoding", "gzip");
  answer.set("Content-Type", std::string(file->type));
  answer.set("Content-Security-Policy", c.at().policy_of_pages());
  answer.set("Referrer-Policy", "no-referrer");
  answer.body = sent.bytes;
  co_return answer;
}

}  // namespace streamdemo::gateway::endpoints
