#include "artifacts/directory_store.hpp"

#include <unistd.h>

#include <cstring>
#include <streamdemo/base/id.hpp>

#include "artifacts/directory_upload.hpp"
#include "artifacts/disk.hpp"
#include "artifacts/name.hpp"
#include "artifacts/sweep_plan.hpp"

namespace streamdemo::artifacts {

namespace fs = std::filesystem;

namespace {

// A file made this recently may not be locked yet by the process that makes it.
constexpr std::chrono::seconds leftover_grace{60};

error not_plain() {
  return {errc::invalid_argument, "a name may have 1 to 128 of A-Z a-z 0-9 . _ - and must not start with a dot"};
}

}  // namespace

directory_store::directory_store(options o, const base::clock& clock, base::metrics& metrics, const base::logger& log)
    : options_(std::move(o)),
      files_(options_.directory / "files"),
      tmp_(options_.directory / "tmp"),
      clock_(clock),
      log_(log.child("artifacts")),
      bytes_(metrics.gauge("streamdemo_artifacts_bytes", "Bytes of all visible artifacts, as of the last sweep")),
      expired_(metrics.counter("streamdemo_artifacts_removed_total", "Artifacts removed", {{"reason", "expired"}})),
      evicted_(metrics.counter("streamdemo_artifacts_removed_total", "Artifacts removed", {{"reason", "overflow"}})),
      budget_(options_.max_bytes),
      pool_(options_.threads) {}

directory_store::~directory_store() {
  pool_.join();
}

result<void> directory_store::prepare() {
  std::error_code ec;
  for (const auto& d : {files_, tmp_}) {
    fs::create_directories(d, ec);
    if (ec) return disk::error_of(ec.value() == ENOENT ? EIO : ec.value(), "make the directory", d);
    if (::access(d.c_str(), R_OK | W_OK | X_OK) != 0) return disk::error_of(errno, "write into", d);
  }
  sweep_now(options_.max_bytes);
  return {};
}

fs::path directory_store::visible_path(const std::string& id, const std::string& name) const {
  return files_ / id / name;
}

result<void> directory_store::make_room(std::uint64_t n) {
  if (budget_.reserve(n)) return {};
  const auto needed = budget_.pending() + n;
  // Giving up other people's files helps only if the new one fits then. A sixteenth more is freed than needed, so that
  // a store that runs at its limit is not listed for every write.
  if (needed <= budget_.max()) {
    const auto spare = budget_.max() / 16;
    sweep_now(budget_.max() - std::min(needed + spare, budget_.max()));
    if (budget_.reserve(n)) return {};
  }
  return error{errc::no_space,
               fmt::format("the artifact store is full ({} bytes); raise artifacts.max_bytes", budget_.max())};
}

result<void> directory_store::publish(const fs::path& from, const fs::path& to, std::uint64_t n) {
  if (auto linked = disk::publish(from, to); !linked) return linked;
  ::unlink(from.c_str());
  budget_.publish(n);
  return {};
}

awaitable<result<std::unique_ptr<upload>>> directory_store::create(std::string id, std::string name,
                                                                   std::uint64_t max_bytes) {
  if (!is_plain_name(id) || !is_plain_name(name)) co_return not_plain();
  const auto temporary = tmp_ / base::random_id();
  auto opened = co_await pool_.run([&temporary] { return disk::create_locked(temporary); });
  if (!opened) co_return std::move(opened).error();
  std::unique_ptr<upload> made =
      std::make_unique<directory_upload>(*this, std::move(*opened), temporary, visible_path(id, name), max_bytes);
  co_return std::move(made);
}

awaitable<result<file>> directory_store::open(std::string id, std::string name) {
  if (!is_plain_name(id) || !is_plain_name(name)) co_return error{errc::not_found, "there is no such artifact"};
  const auto where = visible_path(id, name);
  struct stat s{};
  auto opened = co_await pool_.run([&where, &s] { return disk::open_regular(where, s); });
  if (!opened) co_return std::move(opened).error();
  file f;
  f.descriptor = std::shared_ptr<const int>(new int(opened->release()), [](const int* fd) {
    ::close(*fd);
    delete fd;
  });
  f.size = static_cast<std::uint64_t>(s.st_size);
  f.modified = disk::modified_of(s);
  // A name is never given twice within a nanosecond, so size and time identify the content, at every process alike.
  f.etag = fmt::format("\"{:x}-{:x}{:08x}\"", f.size, s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
  co_return f;
}

awaitable<result<fs::path>> directory_store::path_of(std::string id, std::string name) {
  auto opened = co_await open(id, name);
  if (!opened) co_return std::move(opened).error();
  co_return fs::absolute(visible_path(id, name));
}

awaitable<result<fs::path>> directory_store::make_scratch() {
  const auto directory = fs::absolute(tmp_ / base::random_id());
  auto locked = co_await pool_.run([&directory]() -> result<base::descriptor> {
    if (auto made = disk::make_directory(directory); !made) return std::move(made).error();
    return disk::lock_directory(directory);
  });
  if (!locked) co_return std::move(locked).error();
  const std::lock_guard lock(scratch_mutex_);
  scratch_.emplace(directory, std::move(*locked));
  co_return directory;
}

awaitable<void> directory_store::remove_scratch(fs::path directory) {
  decltype(scratch_)::node_type node;
  {
    const std::lock_guard lock(scratch_mutex_);
    node = scratch_.extract(directory);
  }
  if (node.empty()) co_return;
  co_await pool_.run([this, &node] {
    std::error_code ec;
    fs::remove_all(node.key(), ec);
    // What is left, a later sweep removes: the lock ends here.
    if (ec) log_.warning("could not remove {}: {}; it will be tried again", node.key().string(), ec.message());
    node.mapped().reset();
    return true;
  });
}

awaitable<result<std::uint64_t>> directory_store::adopt(fs::path from, std::string id, std::string name) {
  if (!is_plain_name(id) || !is_plain_name(name)) co_return not_plain();
  {
    const std::lock_guard lock(scratch_mutex_);
    if (!scratch_.contains(from.parent_path())) {
      co_return error{errc::invalid_argument, fmt::format("{} is in no scratch directory", from.string())};
    }
  }
  const auto to = visible_path(id, name);
  co_return co_await pool_.run([this, &from, &to] { return adopt_now(from, to); });
}

result<std::uint64_t> directory_store::adopt_now(const fs::path& from, const fs::path& to) {
  struct stat s{};
  auto opened = disk::open_regular(from, s);
  if (!opened) return std::move(opened).error();
  const auto size = static_cast<std::uint64_t>(s.st_size);
  if (auto room = make_room(size); !room) return std::move(room).error();
  auto done = disk::sync(opened->get(), from);
  if (done) done = publish(from, to, size);
  if (done) return size;
  release(size);
  return std::move(done).error();
}

awaitable<void> directory_store::sweep() {
  co_await pool_.run([this] {
    sweep_now(options_.max_bytes);
    return true;
  });
}

void directory_store::sweep_now(std::uint64_t max_bytes) {
  const std::lock_guard lock(sweep_mutex_);
  const auto now = clock_.now();
  auto listed = disk::list(files_);
  const auto plan = plan_sweep(std::move(listed.files), now, options_.keep_for, max_bytes);
  for (const auto& f : plan.expired) ::unlink(f.path.c_str());
  for (const auto& f : plan.overflow) ::unlink(f.path.c_str());
  for (const auto* gone : {&plan.expired, &plan.overflow}) {
    for (const auto& f : *gone) ::rmdir(f.path.parent_path().c_str());  // fails while it holds others: as wanted
  }
  for (const auto& d : listed.empty_directories) ::rmdir(d.c_str());
  const auto leftovers = disk::remove_leftovers(tmp_, now - leftover_grace);
  budget_.set_visible(plan.bytes_left);
  bytes_.Set(static_cast<double>(plan.bytes_left));
  expired_.Increment(static_cast<double>(plan.expired.size()));
  evicted_.Increment(static_cast<double>(plan.overflow.size()));
  if (!plan.overflow.empty()) {
    log_.warning("removed the {} oldest artifacts to stay below artifacts.max_bytes ({})", plan.overflow.size(),
                 options_.max_bytes);
  }
  if (leftovers != 0) log_.info("removed {} temporary files that nobody was writing any more", leftovers);
}

awaitable<result<std::string>> directory_store::read(file f, std::uint64_t offset, std::size_t size) {
  const auto left = offset < f.size ? f.size - offset : 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, left));
  co_return co_await pool_.run([&f, offset, wanted]() -> result<std::string> {
    std::string bytes(wanted, '\0');
    std::size_t got = 0;
    while (got < wanted) {
      const auto n = ::pread(*f.descriptor, bytes.data() + got, wanted - got, static_cast<off_t>(offset + got));
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return error{errc::io, fmt::format("could not read an artifact: {}", std::strerror(errno))};
      if (n == 0) break;
      got += static_cast<std::size_t>(n);
    }
    bytes.resize(got);
    return bytes;
  });
}

result<std::unique_ptr<store>> make_directory_store(options o, const base::clock& clock, base::metrics& metrics,
                                                    const base::logger& log) {
  auto made = std::make_unique<directory_store>(std::move(o), clock, metrics, log);
  if (auto ready = made->prepare(); !ready) return std::move(ready).error();
  return std::unique_ptr<store>(std::move(made));
}

}  // namespace streamdemo::artifacts
