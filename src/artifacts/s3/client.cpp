#include "artifacts/s3/client.hpp"

#include <fmt/format.h>

#include <random>
#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/id.hpp>
#include <streamdemo/base/notifier.hpp>

namespace streamdemo::artifacts::s3 {

namespace {

constexpr std::chrono::seconds longest_silence{20};
constexpr std::chrono::seconds longest_single_try{5};
constexpr std::size_t max_list = 4 << 20;
constexpr std::size_t max_small = 256 << 10;
const std::string empty_hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

double chance() {
  static thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

// What is written or listed is missing only together with the bucket.
bool asks_for_object(std::string_view method, std::string_view key) {
  return !key.empty() && (method == "GET" || method == "HEAD" || method == "DELETE");
}

// Of an upload in parts that is under way here, a server that knows none has given it up: to whoever uploads, nothing
// is missing.
error unless_given_up(error why) {
  if (why.code != errc::not_found) return why;
  return {errc::unavailable, "the upload was given up by the bucket's server, or by its rules"};
}

std::string bytes_field(std::uint64_t from, std::uint64_t size) {
  return fmt::format("bytes={}-{}", from, from + size - 1);
}

}  // namespace

std::string bucket_address::url(std::string_view key) const {
  return scheme + host + escaped(root, true) + escaped(key, true);
}

result<bucket_address> address_of(std::string_view endpoint, std::string_view bucket, bool path_style) {
  const auto scheme = endpoint.find("://");
  auto host = scheme == endpoint.npos ? std::string_view{} : endpoint.substr(scheme + 3);
  while (host.ends_with('/')) host.remove_suffix(1);
  if ((!endpoint.starts_with("https://") && !endpoint.starts_with("http://")) || host.empty() ||
      host.find_first_of("/?# @") != host.npos) {
    return error{errc::invalid_argument,
                 // It may have a password.
                 fmt::format("\"{}\" is no address of an S3 server: it must be http(s)://host[:port] (s3.endpoint, "
                             "AWS_ENDPOINT_URL)",
                             host.find('@') == host.npos ? endpoint : "…@…")};
  }
  bucket_address a{std::string(endpoint.substr(0, scheme + 3)), std::string(host), "/"};
  // The field Host has no port where it is that of the scheme.
  const std::string_view usual = a.scheme == "https://" ? ":443" : ":80";
  if (a.host.ends_with(usual)) a.host.resize(a.host.size() - usual.size());
  if (path_style) {
    a.root = fmt::format("/{}/", bucket);
  } else {
    a.host = fmt::format("{}.{}", bucket, a.host);
  }
  return a;
}

client::client(client_options o, key_source& keys, base::blocking_pool& pool, const base::clock& clock,
               base::metrics& metrics, const base::logger& log)
    : options_(std::move(o)),
      keys_(keys),
      pool_(pool),
      clock_(clock),
      log_(log),
      good_(metrics.counter("streamdemo_bucket_requests_total", "Requests to the bucket, by how they ended",
                            {{"outcome", "answered"}})),
      bad_(metrics.counter("streamdemo_bucket_requests_total", "Requests to the bucket, by how they ended",
                           {{"outcome", "failed"}})),
      repeated_(metrics.counter("streamdemo_bucket_retries_total", "Requests to the bucket that were sent once more")),
      transfers_(options_.connections, longest_silence, options_.ca_file) {}

awaitable<result<exchanged>> client::once(const call& c, const credentials& by) {
  unsigned_request r{c.method, options_.at.host, {}, c.query, c.fields};
  const auto path = options_.at.root + c.key;
  r.path = path;
  const auto now = signing_time();
  const auto& hash = c.body.hash.empty() ? empty_hash : c.body.hash;
  exchange e;
  e.method = c.method;
  e.url = options_.at.url(c.key);
  if (const auto query = query_text(c.query); !query.empty()) e.url += "?" + query;
  e.fields = c.fields;
  for (auto& f : sign(r, hash, {by, options_.region, now})) e.fields.push_back(std::move(f));
  e.body = c.body.bytes;
  e.body_file = c.body.file;
  e.body_size = c.body.size;
  e.max_answer = c.max_answer;
  e.answer_file = c.answer_file;
  e.answer_at = c.answer_at;
  if (c.once) e.at_most = longest_single_try;
  co_return co_await transfers_.perform(e);
}

awaitable<result<exchanged>> client::send(call c) {
  const auto until = std::chrono::steady_clock::now() + options_.retry_for;
  const auto on = c.key.empty() ? "the bucket" : c.key;
  bool clock_set = false, key_renewed = false;
  for (int tries = 1;; ++tries) {
    const auto by = keys_.now();
    auto got = co_await once(c, by);
    auto next = step::again;
    std::optional<error> why;
    if (got) {
      // Completing an upload may fail after the server has said 200.
      const auto failed = got->status >= 300 || c.method == "POST" ? read_failure(got->body) : failure{};
      seen_answer seen{got->status, failed.code, failed.message, std::nullopt, asks_for_object(c.method, c.key)};
      if (got->date) {
        measured_ = (*got->date - clock_.now()).count();
        seen.behind = std::chrono::duration_cast<base::milliseconds>(*got->date - signing_time());
      }
      next = judge(seen);
      if (next == step::done) {
        good_.Increment();
        co_return got;
      }
      why = error_of(seen, on);
      if (next == step::set_clock && !std::exchange(clock_set, true)) {
        set_clock(base::microseconds(measured_.load()));
        continue;
      }
      if (next == step::new_key && !std::exchange(key_renewed, true) && co_await renew(by)) continue;
      if (c.is_rare && got->status == 501) why->code = errc::unsupported;
      if (why->code == errc::not_found || why->code == errc::already_exists || why->code == errc::unsupported) {
        good_.Increment();
        co_return *why;
      }
    } else {
      why = got.error();
      if (why->code != errc::unavailable && why->code != errc::timed_out) co_return *why;
      why = error{errc::unavailable, fmt::format("the bucket's server cannot be reached for {}: {}", on, why->message)};
    }
    if (c.once) {
      bad_.Increment();
      if (got && next != step::again) why->code = errc::invalid_argument;
      co_return *why;
    }
    const auto pause = pause_after(tries, chance());
    if (next != step::again || std::chrono::steady_clock::now() + pause > until) {
      bad_.Increment();
      tell(*why);
      co_return *why;
    }
    repeated_.Increment();
    co_await base::sleep_for(pause);
  }
}

// Whoever asked is told, too; but that may be a client, and the operator has to act.
void client::tell(const error& why) {
  const std::lock_guard lock(telling_);
  quiet_.say(clock_.now(), [&](std::size_t times) { log_.warning("{} ({} like this)", why.message, times); });
}

void client::set_clock(base::microseconds ahead) {
  ahead_ = ahead.count();
  log_.warning(
      "this machine's clock is {} s behind that of the bucket's server, which refuses such requests: they are signed "
      "for "
      "its time from now on; set the clock",
      std::chrono::duration_cast<std::chrono::seconds>(ahead).count());
}

awaitable<bool> client::renew(const credentials& refused) {
  const bool other = co_await pool_.run([this, &refused] { return keys_.renew(refused); });
  if (other) log_.info("the bucket's server refused the key; there is a new one");
  co_return other;
}

awaitable<result<void>> client::probe(std::string prefix) {
  call c;
  c.method = "GET";
  c.query.emplace_back("list-type", "2");
  c.query.emplace_back("prefix", std::move(prefix));
  c.query.emplace_back("max-keys", "1");
  c.max_answer = max_small;
  c.once = true;
  const auto got = co_await send(std::move(c));
  if (!got) co_return got.error();
  const auto list = read_objects(got->body);
  if (list) co_return result<void>{};
  co_return error{errc::invalid_argument, list.error().message + "; is s3.endpoint that of an S3 server?"};
}

awaitable<result<object_head>> client::head(std::string key, try_once once) {
  call c;
  c.once = once == try_once::yes;
  c.method = "HEAD";
  c.key = std::move(key);
  auto got = co_await send(std::move(c));
  if (!got) co_return std::move(got).error();
  if (!got->length) co_return error{errc::unavailable, "the bucket's server does not tell an object's size"};
  co_return object_head{*got->length, std::move(got->etag), got->modified.value_or(base::sys_time{}),
                        std::move(got->write_id)};
}

awaitable<result<std::string>> client::get(std::string key, std::string etag, std::uint64_t from, std::uint64_t size) {
  call c;
  c.method = "GET";
  c.key = std::move(key);
  c.fields = pairs();
  c.fields.emplace_back("if-match", std::move(etag));
  c.fields.emplace_back("range", bytes_field(from, size));
  c.max_answer = static_cast<std::size_t>(size);
  auto got = co_await send(std::move(c));
  if (!got && got.error().code == errc::already_exists) {
    co_return error{errc::conflict, "the file was replaced while it was read"};
  }
  if (!got) co_return std::move(got).error();
  if (got->body.size() != size) {
    co_return error{errc::corrupt,
                    fmt::format("the bucket's server gave {} bytes instead of {}", got->body.size(), size)};
  }
  co_return std::move(got->body);
}

awaitable<result<void>> client::get_to(int file, std::string key, std::string etag, std::uint64_t from,
                                       std::uint64_t size) {
  call c;
  c.method = "GET";
  c.key = std::move(key);
  c.fields.emplace_back("if-match", std::move(etag));
  c.fields.emplace_back("range", bytes_field(from, size));
  c.answer_file = file;
  c.answer_at = from;
  auto got = co_await send(std::move(c));
  if (!got && got.error().code == errc::already_exists) {
    co_return error{errc::conflict, "the file was replaced while it was read"};
  }
  if (!got) co_return std::move(got).error();
  if (got->written != size) {
    co_return error{errc::unavailable,
                    fmt::format("the bucket's server gave {} bytes instead of {}", got->written, size)};
  }
  co_return result<void>{};
}

awaitable<result<void>> client::put(std::string key, content what) {
  const auto write_id = base::random_id();
  call c;
  c.method = "PUT";
  c.key = key;
  c.fields.emplace_back("if-none-match", "*");
  c.fields.emplace_back("x-amz-meta-streamdemo-write", write_id);
  c.body = std::move(what);
  c.max_answer = max_small;
  auto got = co_await send(std::move(c));
  if (got) co_return result<void>{};
  if (got.error().code != errc::already_exists) co_return std::move(got).error();
  co_return co_await settled(std::move(key), write_id, std::move(got).error());
}

// An answer may be lost after the server has put the object; the next try finds it there.
awaitable<result<void>> client::settled(std::string key, std::string write_id, error why) {
  // Nobody waits twice for a server that cannot be reached.
  const auto patience = why.code == errc::unavailable ? try_once::yes : try_once::no;
  const auto there = co_await head(std::move(key), patience);
  if (there && there->write_id == write_id) co_return result<void>{};
  co_return why;
}

awaitable<result<void>> client::remove(std::string key, try_once once) {
  call c;
  c.once = once == try_once::yes;
  c.method = "DELETE";
  c.key = std::move(key);
  c.max_answer = max_small;
  auto got = co_await send(std::move(c));
  if (got || got.error().code == errc::not_found) co_return result<void>{};
  co_return std::move(got).error();
}

awaitable<result<object_list>> client::list(std::string prefix, std::string from, int most, try_once once) {
  call c;
  c.once = once == try_once::yes;
  c.method = "GET";
  c.query.emplace_back("list-type", "2");
  c.query.emplace_back("prefix", std::move(prefix));
  c.query.emplace_back("max-keys", std::to_string(most));
  if (!from.empty()) c.query.emplace_back("continuation-token", std::move(from));
  c.max_answer = max_list;
  const auto got = co_await send(std::move(c));
  if (!got) co_return got.error();
  co_return read_objects(got->body);
}

awaitable<result<client::parts_upload>> client::begin(std::string key) {
  parts_upload u{std::move(key), {}, base::random_id()};
  call c;
  c.method = "POST";
  c.key = u.key;
  c.query.emplace_back("uploads", "");
  c.fields.emplace_back("x-amz-meta-streamdemo-write", u.write_id);
  c.max_answer = max_small;
  const auto got = co_await send(std::move(c));
  if (!got) co_return got.error();
  auto id = read_upload_id(got->body);
  if (!id) co_return std::move(id).error();
  u.id = std::move(*id);
  co_return u;
}

awaitable<result<sent_part>> client::put_part(const parts_upload& to, int number, content what) {
  call c;
  c.method = "PUT";
  c.key = to.key;
  c.query.emplace_back("partNumber", std::to_string(number));
  c.query.emplace_back("uploadId", to.id);
  c.body = std::move(what);
  c.max_answer = max_small;
  auto got = co_await send(std::move(c));
  if (!got) co_return unless_given_up(std::move(got).error());
  if (got->etag.empty()) co_return error{errc::unavailable, "the bucket's server took a part and gave it no tag"};
  co_return sent_part{number, std::move(got->etag)};
}

awaitable<result<void>> client::complete(const parts_upload& u, const std::vector<sent_part>& parts) {
  const auto text = parts_text(parts);
  call c;
  c.method = "POST";
  c.key = u.key;
  c.query.emplace_back("uploadId", u.id);
  c.fields.emplace_back("if-none-match", "*");
  c.body.bytes = text;
  c.body.hash = base::sha256_hex(text);
  c.max_answer = max_small;
  auto got = co_await send(std::move(c));
  if (got) co_return result<void>{};
  // Servers differ in what they say of an upload that an earlier try has completed.
  const auto done = co_await settled(u.key, u.write_id, std::move(got).error());
  if (!done) co_return unless_given_up(done.error());
  co_return done;
}

awaitable<result<void>> client::abort(std::string key, std::string id) {
  call c;
  c.method = "DELETE";
  c.key = std::move(key);
  c.query.emplace_back("uploadId", std::move(id));
  c.max_answer = max_small;
  auto got = co_await send(std::move(c));
  if (got || got.error().code == errc::not_found) co_return result<void>{};
  co_return std::move(got).error();
}

awaitable<result<upload_list>> client::list_uploads(std::string prefix, std::string from_key, std::string from_id) {
  call c;
  c.method = "GET";
  c.is_rare = true;
  c.query.emplace_back("uploads", "");
  c.query.emplace_back("prefix", std::move(prefix));
  if (!from_key.empty()) {
    c.query.emplace_back("key-marker", std::move(from_key));
    c.query.emplace_back("upload-id-marker", std::move(from_id));
  }
  c.max_answer = max_list;
  const auto got = co_await send(std::move(c));
  if (!got) co_return got.error();
  co_return read_uploads(got->body);
}

std::string client::presigned(const shown_object& o) const {
  const auto& at = options_.shown_at;
  const auto path = at.root + std::string(o.key);
  unsigned_request r{o.method, at.host, path, {}, {}};
  r.query.emplace_back("response-content-type", o.type);
  r.query.emplace_back("response-cache-control", "private, max-age=3600, immutable");
  if (!o.disposition.empty()) r.query.emplace_back("response-content-disposition", o.disposition);
  const auto by = keys_.now();
  const auto now = signing_time();
  return at.url(o.key) + "?" + presign(std::move(r), o.lifetime, {by, options_.region, now});
}

}  // namespace streamdemo::artifacts::s3
