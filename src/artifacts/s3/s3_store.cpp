#include "artifacts/s3/s3_store.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <cstring>
#include <streamdemo/base/hash.hpp>
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/transfer.hpp>

#include "artifacts/disk.hpp"
#include "artifacts/input_area.hpp"
#include "artifacts/name.hpp"
#include "artifacts/s3/object_pages.hpp"
#include "artifacts/s3/open_object.hpp"
#include "artifacts/s3/s3_upload.hpp"

namespace streamdemo::artifacts::s3 {

namespace fs = std::filesystem;

namespace {

// Larger copies are made in several requests, so that one that breaks off loses little.
constexpr std::uint64_t copied_at_once = 64 << 20;
constexpr std::uint64_t largest_put = std::uint64_t{5} << 30;
constexpr std::chrono::seconds last_patience{2};

// For a task it is as if there were no room: it is given back, and begins where this machine's disk is in order.
error no_copy(const error& why) {
  return {errc::full, fmt::format("no copy of the upload can be made in s3.scratch_directory: {}", why.message)};
}

result<std::string> hash_of(int file, std::uint64_t size, const fs::path& named) {
  base::sha256 hash;
  std::string piece(256 << 10, '\0');
  for (std::uint64_t at = 0; at < size;) {
    const auto n = ::pread(file, piece.data(), piece.size(), static_cast<off_t>(at));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return disk::error_of(n < 0 ? errno : EIO, "read", named);
    hash.update(std::string_view(piece.data(), static_cast<std::size_t>(n)));
    at += static_cast<std::uint64_t>(n);
  }
  return hash.hex();
}

}  // namespace

s3_store::s3_store(s3_options o, client_options c, const base::clock& clock, base::metrics& metrics,
                   const base::logger& log)
    : options_(std::move(o)),
      clock_(clock),
      log_(log.child("artifacts")),
      counts_(metrics),
      budget_(options_.max_bytes, options_.max_input_bytes),
      buffers_(
          options_.max_buffer_bytes, 0,
          metrics.gauge("streamdemo_bucket_buffer_bytes", "Memory for parts of uploads and for what is read ahead"),
          metrics.counter("streamdemo_bucket_buffer_refused_total", "Uploads and reads without room in that memory")),
      scratch_bytes_(options_.max_scratch_bytes, 0,
                     metrics.gauge("streamdemo_bucket_scratch_bytes", "Bytes of local copies of uploads"),
                     metrics.counter("streamdemo_bucket_scratch_refused_total", "Copies that had no room")),
      tmp_(options_.scratch_directory / "tmp"),
      keys_({options_.access_key_id, options_.secret_access_key, options_.session_token}, options_.credentials_file,
            options_.profile),
      pool_(options_.threads),
      client_(std::move(c), keys_, pool_, clock, metrics, log_),
      sweeper_({options_.prefix, options_.keep_for, options_.max_bytes, options_.abort_after, options_.swept_at_once},
               client_, budget_, counts_, metrics, clock_, log_),
      group_(loop_.executor(0), log, "the bucket's own work") {
  loop_.start();
}

s3_store::~s3_store() {
  asio::co_spawn(loop_.executor(0), end_own_work(), asio::use_future).get();
  pool_.join();
}

// What is not done by then, the sweep of another process does.
awaitable<void> s3_store::end_own_work() {
  using namespace asio::experimental::awaitable_operators;
  co_await (group_.join() || base::sleep_for(last_patience));
  group_.cancel();
  co_await group_.join();
}

result<void> s3_store::prepare() {
  std::error_code ec;
  fs::create_directories(tmp_.root(), ec);
  if (ec || ::access(tmp_.root().c_str(), R_OK | W_OK | X_OK) != 0) {
    return error{errc::io, fmt::format("could not make the directory {} or write into it: {}; check "
                                       "s3.scratch_directory and its rights",
                                       tmp_.root().string(), ec ? ec.message() : std::strerror(errno))};
  }
  tmp_.sweep(log_);
  if (auto loaded = keys_.load(); !loaded) return loaded;
  const auto met = asio::co_spawn(loop_.executor(0), client_.probe(options_.prefix), asio::use_future).get();
  if (met) return {};
  if (met.error().code == errc::invalid_argument) {
    return error{errc::invalid_argument, fmt::format("artifacts.store is s3: {}", met.error().message)};
  }
  log_.warning("the bucket {} cannot be used yet: {}", options_.bucket, met.error().message);
  return {};
}

void s3_store::spawn(std::function<awaitable<void>()> body) {
  asio::post(loop_.executor(0), [this, body = std::move(body)] { group_.spawn(body); });
}

std::string s3_store::output_key(const std::string& id, const std::string& name) const {
  return fmt::format("{}files/{}/{}", options_.prefix, id, name);
}

std::string s3_store::input_key(const std::string& id, const std::string& name) const {
  return fmt::format("{}inputs/{}/{}", options_.prefix, id, name);
}

awaitable<result<void>> s3_store::make_room(sort s, std::uint64_t n) {
  if (budget_.reserve(s, n)) co_return result<void>{};
  if (budget_.can_fit(s, n)) {
    co_await sweeper_.outputs(budget_.outputs_beside(n + budget_.max() / 16));
    if (budget_.reserve(s, n)) co_return result<void>{};
  }
  if (s == sort::input && n <= budget_.max_inputs()) co_return inputs_are_full(budget_.max_inputs());
  co_return error{errc::no_space,
                  fmt::format("the artifact store is full ({} bytes); raise artifacts.max_bytes", budget_.max())};
}

awaitable<result<std::unique_ptr<upload>>> s3_store::create(std::string id, std::string name, std::uint64_t max_bytes,
                                                            std::uint64_t expected) {
  if (!is_plain_name(id) || !is_plain_name(name)) co_return not_plain();
  base::byte_budget::share room(&buffers_);
  const auto most = options_.part_bytes * (options_.parts_in_flight + 1);
  if (!room.hold(expected == 0 ? most : std::min(expected, most))) {
    co_return error{errc::full, "uploads use all the memory of s3.max_buffer_bytes; try again in a moment"};
  }
  if (auto reserved = co_await make_room(sort::input, expected); !reserved) co_return std::move(reserved).error();
  const auto ex = co_await asio::this_coro::executor;
  std::unique_ptr<upload> made =
      std::make_unique<s3_upload>(*this, ex, input_key(id, name), max_bytes, expected, std::move(room));
  co_return std::move(made);
}

awaitable<std::vector<input>> s3_store::inputs() {
  const auto began = clock_.now();
  const auto root = options_.prefix + "inputs/";
  std::vector<input> found;
  std::uint64_t bytes = 0;
  // Whoever asks does so again, and may not be able to stop waiting.
  object_pages pages(client_, root, client::try_once::yes);
  while (!pages.is_over()) {
    const auto page = co_await pages.next();
    if (!page) {
      log_.warning("could not list the uploads in the bucket: {}", page.error().message);
      co_return std::vector<input>{};
    }
    for (const auto& o : *page) {
      const auto name = name_below(root, o.key);
      if (name.empty()) continue;
      const auto slash = name.find('/');
      found.push_back({std::string(name.substr(0, slash)), std::string(name.substr(slash + 1)), began, o.size});
      bytes += o.size;
    }
  }
  date(found, began);
  budget_.set_visible(sort::input, bytes);
  counts_.input_bytes.Set(static_cast<double>(bytes));
  co_return found;
}

// The server's time of an object that was sent in parts is that of its first part; nobody sees it before it is
// committed.
void s3_store::date(std::vector<input>& found, base::sys_time began) {
  const auto now = clock_.now();
  const std::lock_guard lock(seen_mutex_);
  seen_.begin(began);
  for (auto& i : found) i.since = seen_.date(i.id + "/" + i.name, now);
  seen_.end();
}

void s3_store::committed(const std::string& key) {
  const auto root = options_.prefix.size() + std::string_view("inputs/").size();
  const std::lock_guard lock(seen_mutex_);
  seen_.add(key.substr(root), clock_.now());
}

// Each look is a request that is paid for.
base::milliseconds s3_store::inputs_interval() const noexcept {
  return std::chrono::seconds(10);
}
base::milliseconds s3_store::sweep_interval() const noexcept {
  return std::chrono::minutes(10);
}

awaitable<void> s3_store::remove_upload(std::string key, client::try_once once) {
  const auto gone = co_await client_.remove(key, once);
  if (!gone) {
    log_.warning("could not remove {} from the bucket: {}", key, gone.error().message);
  } else {
    counts_.done.Increment();
  }
}

awaitable<void> s3_store::remove_input(std::string id, std::string name) {
  if (!is_plain_name(id) || !is_plain_name(name)) co_return;
  // If it fails, it is still listed.
  co_await remove_upload(input_key(id, name), client::try_once::yes);
}

awaitable<void> s3_store::remove_outputs(std::string id) {
  if (!is_plain_name(id)) co_return;
  object_pages pages(client_, fmt::format("{}files/{}/", options_.prefix, id));
  while (!pages.is_over()) {
    const auto page = co_await pages.next();
    if (!page) {
      log_.warning("could not list the files of a deleted task in the bucket: {}", page.error().message);
      co_return;
    }
    for (const auto& o : *page) {
      if (const auto gone = co_await client_.remove(o.key); !gone) {
        log_.warning("could not remove {} from the bucket: {}", o.key, gone.error().message);
        continue;
      }
      budget_.remove(sort::output, o.size);
      counts_.deleted.Increment();
    }
  }
  counts_.bytes.Set(static_cast<double>(budget_.visible(sort::output)));
}

awaitable<result<s3_store::located>> s3_store::find(std::string id, std::string name) {
  if (!is_plain_name(id) || !is_plain_name(name)) co_return error{errc::not_found, "there is no such artifact"};
  located f{output_key(id, name), {}};
  auto there = co_await client_.head(f.key);
  if (!there && there.error().code == errc::not_found) {
    f.key = input_key(id, name);
    there = co_await client_.head(f.key);
  }
  if (!there && there.error().code == errc::not_found) {
    // The answer to HEAD does not say whether it is the bucket that is missing.
    if (const auto met = co_await client_.probe(options_.prefix); !met) {
      co_return error{errc::unavailable, met.error().message};
    }
  }
  if (!there) co_return std::move(there).error();
  f.head = std::move(*there);
  co_return f;
}

awaitable<result<file>> s3_store::open(std::string id, std::string name) {
  const auto there = co_await find(std::move(id), std::move(name));
  if (!there) co_return there.error();
  file f;
  f.content = std::make_shared<open_object>(there->key, there->head.etag, there->head.size, buffers_);
  f.size = there->head.size;
  f.modified = there->head.modified;
  f.etag = there->head.etag;
  co_return f;
}

awaitable<result<std::string>> s3_store::read(file f, std::uint64_t offset, std::size_t size) {
  co_return co_await static_cast<open_object&>(*f.content).read(client_, offset, size);
}

std::optional<std::string> s3_store::link(const file& f, const link_request& r) {
  if (!options_.redirect) return std::nullopt;
  const auto& o = static_cast<const open_object&>(*f.content);
  return client_.presigned({r.head ? "HEAD" : "GET", o.key(), r.type, r.disposition,
                            std::chrono::duration_cast<std::chrono::seconds>(options_.url_lifetime)});
}

std::string s3_store::link_origin() const {
  return options_.redirect ? client_.shown_origin() : std::string{};
}

awaitable<result<local_file>> s3_store::local(std::string id, std::string name) {
  const auto there = co_await find(std::move(id), std::move(name));
  if (!there) co_return there.error();
  auto room = std::make_shared<base::byte_budget::share>(&scratch_bytes_);
  if (!room->hold(there->head.size)) {
    co_return error{errc::full,
                    fmt::format("a copy of {} bytes does not fit into s3.max_scratch_bytes now", there->head.size)};
  }
  const auto path = fs::absolute(tmp_.new_name());
  auto made = co_await pool_.run([this, &path] { return tmp_.create(path); });
  if (!made) co_return no_copy(made.error());
  const int fd = made->get();
  auto held = std::make_shared<base::descriptor>(std::move(*made));
  // The last close of a removed large file takes long, because it frees the blocks.
  std::shared_ptr<const void> hold(static_cast<const void*>(held.get()), [this, held, path, room](const void*) {
    pool_.start([held, path, room] {
      ::unlink(path.c_str());
      held->reset();
      room->release();
    });
  });
  if (auto copied = co_await copy(*there, fd); !copied) {
    const bool is_local = copied.error().code == errc::no_space || copied.error().code == errc::io;
    co_return is_local ? no_copy(copied.error()) : copied.error();
  }
  co_return local_file{path, there->head.size, std::move(hold)};
}

awaitable<result<void>> s3_store::copy(const located& from, int to) {
  for (std::uint64_t at = 0; at < from.head.size; at += copied_at_once) {
    const auto n = std::min(copied_at_once, from.head.size - at);
    if (auto done = co_await client_.get_to(to, from.key, from.head.etag, at, n); !done) co_return done;
  }
  co_return result<void>{};
}

awaitable<result<fs::path>> s3_store::make_scratch() {
  co_return co_await pool_.run([this] { return tmp_.make(); });
}

awaitable<void> s3_store::remove_scratch(fs::path directory) {
  co_await pool_.run([this, &directory] {
    tmp_.remove(directory, log_);
    return true;
  });
}

awaitable<result<void>> s3_store::write_scratch(fs::path file, std::string bytes) {
  if (auto in = tmp_.check(file); !in) co_return in;
  co_return co_await pool_.run([this, &file, &bytes] { return tmp_.write(file, bytes); });
}

awaitable<result<std::uint64_t>> s3_store::adopt(fs::path from, std::string id, std::string name) {
  if (!is_plain_name(id) || !is_plain_name(name)) co_return not_plain();
  if (auto in = tmp_.check(from); !in) co_return std::move(in).error();
  auto put = co_await put_file(from, output_key(id, name));
  if (put) {
    co_await pool_.run([&from] { return ::unlink(from.c_str()); });
  }
  co_return put;
}

awaitable<result<std::uint64_t>> s3_store::put_file(fs::path from, std::string key) {
  struct stat s{};
  const auto opened = co_await pool_.run([&] { return disk::open_regular(from, s); });
  if (!opened) co_return opened.error();
  content what;
  what.file = opened->get();
  what.size = static_cast<std::uint64_t>(s.st_size);
  if (what.size > largest_put) {
    co_return error{errc::too_large, fmt::format("{} has {} bytes, and one object that is put at once at most {}",
                                                 from.filename().string(), what.size, largest_put)};
  }
  const auto size = what.size;
  if (auto room = co_await make_room(sort::output, size); !room) co_return std::move(room).error();
  auto hash = co_await pool_.run([&] { return hash_of(what.file, size, from); });
  if (!hash) {
    release(sort::output, size);
    co_return std::move(hash).error();
  }
  what.hash = std::move(*hash);
  auto put = co_await client_.put(std::move(key), std::move(what));
  if (!put) {
    release(sort::output, size);
    co_return std::move(put).error();
  }
  publish(sort::output, size);
  co_return size;
}

awaitable<void> s3_store::sweep() {
  co_await pool_.run([this] {
    tmp_.sweep(log_);
    return true;
  });
  co_await inputs();
  co_await sweeper_.outputs(budget_.outputs_beside(0));
  co_await sweeper_.uploads();
}

}  // namespace streamdemo::artifacts::s3

namespace streamdemo::artifacts {

result<std::unique_ptr<store>> make_s3_store(s3_options o, const base::clock& clock, base::metrics& metrics,
                                             const base::logger& log) {
  s3::client_options c;
  auto at = s3::address_of(o.endpoint, o.bucket, o.path_style);
  auto shown_at = s3::address_of(o.public_endpoint.empty() ? o.endpoint : o.public_endpoint, o.bucket, o.path_style);
  if (!at) return std::move(at).error();
  if (!shown_at) return std::move(shown_at).error();
  auto readable = base::check_authorities(o.ca_file.string(), "s3.ca_file or AWS_CA_BUNDLE");
  if (!readable) return std::move(readable).error();
  c.at = std::move(*at);
  c.shown_at = std::move(*shown_at);
  c.region = o.region;
  c.ca_file = o.ca_file.string();
  c.connections = o.connections;
  c.retry_for = o.retry_for;
  auto made = std::make_unique<s3::s3_store>(std::move(o), std::move(c), clock, metrics, log);
  if (auto ready = made->prepare(); !ready) return std::move(ready).error();
  return std::unique_ptr<store>(std::move(made));
}

}  // namespace streamdemo::artifacts
