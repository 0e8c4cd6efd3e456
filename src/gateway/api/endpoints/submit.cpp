// POST /api/{kind}: submits a task, as JSON or, if its kind takes uploads, as a file.
#include <streamdemo/base/hash.hpp>

#include "gateway/api/endpoints/endpoints.hpp"
#include "gateway/api/submit/body_type.hpp"
#include "gateway/api/submit/submit_answer.hpp"
#include "gateway/api/submit/submit_request.hpp"
#include "gateway/api/submit/upload.hpp"

namespace streamdemo::gateway::endpoints {

namespace {

// Checks the head of the request before any of the body is read.
checked<submission> from_head(const call& c) {
  const auto deadline = deadline_option(c.request, c.at().settings().tasks.max_deadline);
  if (!deadline) return deadline.error();
  const auto key = idempotency_key(c.request);
  if (!key) return key.error();
  auto s = c.by.new_submission(c.request.param("kind"), *key);
  s.deadline = *deadline;
  return s;
}

base::awaitable<checked<std::string>> read_json(const call& c) {
  const auto max = c.at().settings().gateway.max_body_bytes;
  auto body = co_await c.request.body->read_all(max);
  if (body) co_return std::move(*body);
  using enum base::errc;
  const auto& e = body.error();
  if (e.code == too_large) {
    co_return refusal{
        problem::too_large, "a JSON body may have " + std::to_string(max) + " bytes (gateway.max_body_bytes)", {}};
  }
  if (e.code == full) co_return refusal_of(e);
  if (e.code == timed_out) co_return refusal{problem::timeout, "the body did not come in time", {}};
  co_return refusal{problem::bad_request, e.message, {}};
}

}  // namespace

answering submit(call& c) {
  auto& r = c.request;
  const auto kind = std::string(r.param("kind"));
  const auto info = c.at().find_kind(kind);
  if (!info) co_return problem_response(info.error());
  const auto [allowed, share] = c.by.take_share(kind);
  c.share = share;
  if (!allowed) {
    c.by.tell_refused("submit", {}, allowed.error());
    co_return problem_response(allowed.error());
  }
  if (c.at().draining())
    co_return problem_response(problem::unavailable, "the server restarts; submit again in a moment");
  auto head = from_head(c);
  if (!head) co_return problem_response(head.error());
  auto& s = *head;
  const auto type = body_type_of(**info, r.header("Content-Type"), r.body->content_length() == 0, r.header("Host"));
  if (!type) co_return problem_response(type.error());
  std::unique_ptr<upload_shares::share> of_upload;
  if (*type == body_type::upload) {
    auto upload = co_await receive_upload(c, **info, s.request_id);
    if (!upload) {
      if (upload.error().what == problem::quota) c.by.tell_refused("submit", {}, upload.error());
      co_return problem_response(upload.error());
    }
    of_upload = std::move(upload->share);
    if (upload->repeated) {
      auto known = c.at().all().find(s.request_id);
      if (known) co_return co_await submit_answer(c, std::move(known));
    }
    s.input = std::move(upload->file);
    s.payload = std::move(upload->payload);
    s.payload_hash = std::move(upload->payload_hash);
  } else {
    auto body = co_await read_json(c);
    if (!body) co_return problem_response(body.error());
    auto payload = json_payload(**info, std::move(*body));
    if (!payload) co_return problem_response(payload.error());
    s.payload = std::move(*payload);
    s.payload_hash = base::sha256_hex(s.payload);
  }
  // Asked again, because the body may have taken long.
  if (const auto known = c.by.still_known("submit", {}); !known) co_return problem_response(known.error());
  const auto id = s.request_id;
  auto task = co_await c.at().service().submit(std::move(s));
  c.by.tell_submitted(id, task);
  if (!task) co_return problem_response(task.error());
  co_return co_await submit_answer(c, std::move(*task));
}

}  // namespace streamdemo::gateway::endpoints
