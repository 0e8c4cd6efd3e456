#include "gateway/api/submit/upload.hpp"

#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/id.hpp>

#include "gateway/api/submit/submit_request.hpp"

namespace streamdemo::gateway {

namespace {

refusal too_large(std::uint64_t max) {
  return {
      problem::too_large, "the file is larger than " + std::to_string(max) + " bytes (gateway.max_upload_bytes)", {}};
}

refusal body_refusal(const base::error& e, std::uint64_t max) {
  if (e.code == base::errc::too_large) return too_large(max);
  if (e.code == base::errc::timed_out) {
    return {problem::timeout,
            "the upload came to a halt or was too slow (gateway.idle_timeout_ms, gateway.min_upload_bytes_per_second)",
            {}};
  }
  return {problem::bad_request, "the upload broke off: " + e.message, {}};
}

refusal too_much(const upload_shares& all) {
  return {problem::quota,
          "your uploads that are under way, or whose tasks have not ended, would take more than quota.upload_bytes = " +
              std::to_string(all.each()),
          {}};
}

// Where a body goes to.
struct target {
  artifacts::upload* file;      // nullptr: its content is only hashed
  upload_shares::share* share;  // to grow by each piece; nullptr: it need not grow
  std::uint64_t max;
};

struct copied_body {
  std::string hash;
  std::uint64_t size = 0;
};

base::awaitable<checked<copied_body>> copy(http::body_reader& body, target to) {
  base::sha256 hash;
  copied_body c;
  for (;;) {
    const auto piece = co_await body.next();
    if (!piece) co_return body_refusal(piece.error(), to.max);
    if (piece->empty()) {
      c.hash = hash.hex();
      co_return c;
    }
    c.size += piece->size();
    if (c.size > to.max) co_return too_large(to.max);
    if (to.share != nullptr && !to.share->grow(piece->size())) co_return too_much(to.share->of());
    hash.update(*piece);
    if (to.file == nullptr) continue;
    const auto written = co_await to.file->write(*piece);
    if (!written) co_return refusal_of(for_clients(written.error()));
  }
}

// Whether the task with this id has begun, or has already ended.
bool is_under_way(services& a, const std::string& request_id) {
  const auto known = a.all().find(request_id);
  return known && known->moment().status != task::status::queued;
}

// If there is no space, removes the uploads of tasks that have ended and tries once more.
base::awaitable<base::result<std::unique_ptr<artifacts::upload>>> create(services& a, const std::string& request_id,
                                                                         const std::string& name, std::uint64_t max,
                                                                         std::uint64_t expected) {
  auto& files = a.files();
  auto file = co_await files.create(request_id, name, max, expected);
  if (file || file.error().code != base::errc::no_space) co_return file;
  co_await a.inputs().tidy();
  co_return co_await files.create(request_id, name, max, expected);
}

}  // namespace

base::awaitable<checked<received_upload>> receive_upload(const call& c, const kind_info& kind, std::string request_id) {
  auto& a = c.at();
  auto& r = c.request;
  const auto max = a.settings().gateway.max_upload_bytes;
  const auto length = r.body->content_length();
  if (length && *length > max) co_return too_large(max);
  const auto options = parse_upload_options(*kind.upload, r);
  if (!options) co_return options.error();
  const refusal empty{problem::bad_request, "the body is empty; it must be the file, or JSON with its own type", {}};
  if (length && *length == 0) co_return empty;

  received_upload u;
  const auto name = "upload-" + base::random_id();
  std::unique_ptr<artifacts::upload> file;
  // A submission that is repeated after its task has begun stores nothing; only its content is compared.
  if (!is_under_way(a, request_id)) {
    u.share = std::make_unique<upload_shares::share>(a.inputs().shares(), c.by.who().owner);
    if (!u.share->grow(length.value_or(0))) co_return too_much(u.share->of());
    auto made = co_await create(a, request_id, name, max, length.value_or(0));
    if (!made) co_return refusal_of(for_clients(made.error()));
    file = std::move(*made);
  }
  const auto got = co_await copy(*r.body, {file.get(), length ? nullptr : u.share.get(), max});
  if (!got) co_return got.error();
  if (got->size == 0) co_return empty;

  u.payload = upload_payload(name, *options);
  u.payload_hash = base::sha256_hex(got->hash + options->members);
  if (const auto before = a.all().find(request_id)) {
    if (before->identity().payload_hash != u.payload_hash) {
      co_return refusal{problem::key_reused, "this idempotency key was used for another file or other options", {}};
    }
    // Once the task has begun, the first upload is used, or was. While it is queued, this one may have to replace it.
    u.repeated = is_under_way(a, request_id);
    if (u.repeated) co_return u;
  }
  if (!file)
    co_return refusal{problem::unavailable, "the task of this idempotency key is forgotten; send it again", {}};
  const auto kept = co_await file->commit();
  if (!kept) co_return refusal_of(for_clients(kept.error()));
  u.file = std::move(file);
  co_return u;
}

}  // namespace streamdemo::gateway
