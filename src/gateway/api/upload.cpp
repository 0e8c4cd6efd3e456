#include "gateway/api/upload.hpp"

#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/id.hpp>

#include "gateway/api/submit_request.hpp"

namespace streamdemo::gateway {

namespace {

constexpr std::size_t piece_bytes = 256 << 10;

refusal too_large(std::uint64_t max) {
  return {
      problem::too_large, "the video is larger than " + std::to_string(max) + " bytes (gateway.max_upload_bytes)", {}};
}

refusal body_refusal(const base::error& e, std::uint64_t max) {
  if (e.code == base::errc::too_large) return too_large(max);
  if (e.code == base::errc::timed_out) return {problem::timeout, "the upload made no progress", {}};
  return {problem::bad_request, "the upload broke off: " + e.message, {}};
}

base::awaitable<checked<std::string>> copy(http::body_reader& body, artifacts::upload& file, std::uint64_t max) {
  base::sha256 hash;
  const auto buffer = std::make_unique<char[]>(piece_bytes);
  for (;;) {
    const auto n = co_await body.read(buffer.get(), piece_bytes);
    if (!n) co_return body_refusal(n.error(), max);
    if (*n == 0) co_return hash.hex();
    const std::string_view piece(buffer.get(), *n);
    if (file.size() + piece.size() > max) co_return too_large(max);
    hash.update(piece);
    const auto written = co_await file.write(piece);
    if (!written) co_return refusal_of(written.error());
  }
}

}  // namespace

base::awaitable<checked<received_upload>> receive_upload(core& a, http::request& r, std::string request_id) {
  const auto max = a.settings().gateway.max_upload_bytes;
  const auto length = r.body->content_length();
  if (length && *length > max) co_return too_large(max);
  const auto options = parse_upload_options(r);
  if (!options) co_return options.error();
  const refusal empty{problem::bad_request, "the body is empty; it must be the video, or JSON with its own type", {}};
  if (length && *length == 0) co_return empty;

  const auto name = "upload-" + base::random_id();
  auto file = co_await a.context().files.create(request_id, name, max);
  if (!file) co_return refusal_of(file.error());
  auto content = co_await copy(*r.body, **file, max);
  if (!content) co_return content.error();
  if ((*file)->size() == 0) co_return empty;

  received_upload u;
  u.payload = upload_payload(name, *options);
  u.payload_hash = base::sha256_hex(*content + options->members);
  if (const auto before = a.context().all.find(request_id)) {
    const auto view = before->view();
    if (view.payload_hash != u.payload_hash) {
      co_return refusal{problem::key_reused, "this idempotency key was used for another video or other options", {}};
    }
    // The first upload is in use, or was; while the task is queued this one may have to take its place.
    u.repeated = view.status != task::status::queued;
    if (u.repeated) co_return u;
  }
  const auto kept = co_await (*file)->commit();
  if (!kept) co_return refusal_of(kept.error());
  co_return u;
}

}  // namespace streamdemo::gateway
