#include "artifacts/directory_store.hpp"

#include <unistd.h>

#include <cstring>

#include "artifacts/directory_upload.hpp"
#include "artifacts/disk.hpp"
#include "artifacts/name.hpp"
#include "artifacts/sweep_plan.hpp"

namespace streamdemo::artifacts {

namespace fs = std::filesystem;

namespace {

struct open_descriptor final : opened {
  explicit open_descriptor(base::descriptor d) : of(std::move(d)) {}
  const base::descriptor of;
};

int descriptor_of(const file& f) {
  return static_cast<const open_descriptor&>(*f.content).of.get();
}

error no_descriptor() {
  return {
      errc::full,
      "as many files and connections are open as this process may have; try again in a moment, or raise the limit of "
      "open files (ulimit -n)"};
}

}  // namespace

directory_store::directory_store(options o, const base::clock& clock, base::metrics& metrics, const base::logger& log)
    : options_(std::move(o)),
      files_(options_.directory / "files"),
      inputs_(options_.directory / "inputs"),
      clock_(clock),
      log_(log.child("artifacts")),
      counts_(metrics),
      budget_(options_.max_bytes, options_.max_input_bytes),
      tmp_(options_.directory / "tmp"),
      pool_(options_.threads) {}

directory_store::~directory_store() {
  pool_.join();
}

result<void> directory_store::prepare() {
  std::error_code ec;
  for (const auto& d : {files_, inputs_.root(), tmp_.root()}) {
    fs::create_directories(d, ec);
    if (ec) return disk::error_of(ec.value() == ENOENT ? EIO : ec.value(), "make the directory", d);
    if (::access(d.c_str(), R_OK | W_OK | X_OK) != 0) return disk::error_of(errno, "write into", d);
  }
  // Remove only unfinished files of dead processes now. Other files are swept when the owner calls sweep(), after it
  // has read the log.
  tmp_.sweep(log_);
  inputs_now();
  count_outputs();
  return {};
}

fs::path directory_store::output_path(const std::string& id, const std::string& name) const {
  return files_ / id / name;
}

result<void> directory_store::make_room(sort s, std::uint64_t n) {
  if (budget_.reserve(s, n)) return {};
  // Remove outputs only if the new file fits afterwards. Free a sixteenth of the limit more than needed, so that a full
  // store does not list its directory for every write.
  if (budget_.can_fit(s, n)) {
    sweep_outputs(budget_.outputs_beside(n + budget_.max() / 16));
    if (budget_.reserve(s, n)) return {};
  }
  if (s == sort::input && n <= budget_.max_inputs()) return inputs_are_full(budget_.max_inputs());
  return error{errc::no_space,
               fmt::format("the artifact store is full ({} bytes); raise artifacts.max_bytes", budget_.max())};
}

result<void> directory_store::publish_input(const fs::path& from, const std::string& id, const std::string& name,
                                            std::uint64_t n) {
  const std::lock_guard alone(input_account_);
  auto all = inputs_.publish(from, id, name, n, budget_.max_inputs());
  if (!all) return std::move(all).error();
  budget_.publish(sort::input, n);
  budget_.set_visible(sort::input, *all);
  return {};
}

awaitable<result<std::unique_ptr<upload>>> directory_store::create(std::string id, std::string name,
                                                                   std::uint64_t max_bytes, std::uint64_t expected) {
  if (!is_plain_name(id) || !is_plain_name(name)) co_return not_plain();
  const auto temporary = tmp_.new_name();
  auto opened = co_await pool_.run([this, &temporary, expected]() -> result<base::descriptor> {
    inputs_now();  // other processes may have added some
    if (auto room = make_room(sort::input, expected); !room) return std::move(room).error();
    auto made = create_temporary(temporary);
    if (!made) release(sort::input, expected);
    return made;
  });
  if (!opened) co_return std::move(opened).error();
  std::unique_ptr<upload> made =
      std::make_unique<directory_upload>(*this, std::move(*opened), temporary,
                                         directory_upload::name{std::move(id), std::move(name)}, max_bytes, expected);
  co_return std::move(made);
}

result<base::descriptor> directory_store::create_temporary(const fs::path& temporary) const {
  auto made = tmp_.create(temporary);
  if (!made || made->get() < options_.descriptors_below) return made;
  ::unlink(temporary.c_str());
  return no_descriptor();
}

awaitable<std::vector<input>> directory_store::inputs() {
  co_return co_await pool_.run([this] { return inputs_now(); });
}

std::vector<input> directory_store::inputs_now() {
  const std::lock_guard alone(input_account_);
  auto all = inputs_.list();
  budget_.set_visible(sort::input, all.bytes);
  counts_.input_bytes.Set(static_cast<double>(all.bytes));
  return std::move(all.files);
}

awaitable<void> directory_store::remove_input(std::string id, std::string name) {
  if (!is_plain_name(id) || !is_plain_name(name)) co_return;
  co_await pool_.run([&] {
    remove_input_now(id, name);
    return true;
  });
}

void directory_store::remove_input_now(const std::string& id, const std::string& name) {
  if (inputs_.remove(id, name)) counts_.done.Increment();
}

awaitable<void> directory_store::remove_outputs(std::string id) {
  if (!is_plain_name(id)) co_return;
  co_await pool_.run([&] {
    remove_outputs_now(id);
    return true;
  });
}

void directory_store::remove_outputs_now(const std::string& id) {
  // Not while a sweep counts them: each file leaves the account once.
  const std::lock_guard lock(sweep_mutex_);
  const auto directory = files_ / id;
  std::error_code ec;
  for (fs::directory_iterator it(directory, ec), end; !ec && it != end; it.increment(ec)) {
    const auto size = it->file_size(ec);
    if (ec || ::unlink(it->path().c_str()) != 0) continue;
    budget_.remove(sort::output, size);
    counts_.deleted.Increment();
  }
  ::rmdir(directory.c_str());
  counts_.bytes.Set(static_cast<double>(budget_.visible(sort::output)));
}

awaitable<result<file>> directory_store::open(std::string id, std::string name) {
  auto found = co_await find(std::move(id), std::move(name));
  if (!found) co_return std::move(found).error();
  if (descriptor_of(found->content) >= options_.descriptors_below) co_return no_descriptor();
  co_return std::move(found->content);
}

awaitable<result<local_file>> directory_store::local(std::string id, std::string name) {
  auto found = co_await find(std::move(id), std::move(name));
  if (!found) co_return std::move(found).error();
  co_return local_file{fs::absolute(found->path), found->content.size, nullptr};
}

awaitable<result<directory_store::located>> directory_store::find(std::string id, std::string name) {
  if (!is_plain_name(id) || !is_plain_name(name)) co_return error{errc::not_found, "there is no such artifact"};
  co_return co_await pool_.run([&] { return find_now(id, name); });
}

result<directory_store::located> directory_store::find_now(const std::string& id, const std::string& name) const {
  struct stat s{};
  located found{output_path(id, name), {}};
  auto descriptor = disk::open_regular(found.path, s);
  if (!descriptor && descriptor.error().code == errc::not_found) {
    found.path = inputs_.path(id, name);
    descriptor = disk::open_regular(found.path, s);
  }
  if (!descriptor) return std::move(descriptor).error();
  auto& f = found.content;
  f.content = std::make_shared<open_descriptor>(std::move(*descriptor));
  f.size = static_cast<std::uint64_t>(s.st_size);
  f.modified = disk::modified_of(s);
  // The same name is never used twice within a nanosecond, so size and time identify the content, and all processes
  // give the same tag.
  f.etag = fmt::format("\"{:x}-{:x}{:08x}\"", f.size, s.st_mtim.tv_sec, s.st_mtim.tv_nsec);
  return found;
}

awaitable<result<fs::path>> directory_store::make_scratch() {
  co_return co_await pool_.run([this] { return tmp_.make(); });
}

awaitable<void> directory_store::remove_scratch(fs::path directory) {
  co_await pool_.run([this, &directory] {
    tmp_.remove(directory, log_);
    return true;
  });
}

awaitable<result<void>> directory_store::write_scratch(fs::path file, std::string bytes) {
  if (auto in = tmp_.check(file); !in) co_return in;
  co_return co_await pool_.run([this, &file, &bytes] { return tmp_.write(file, bytes); });
}

awaitable<result<std::uint64_t>> directory_store::adopt(fs::path from, std::string id, std::string name) {
  if (!is_plain_name(id) || !is_plain_name(name)) co_return not_plain();
  if (auto in = tmp_.check(from); !in) co_return std::move(in).error();
  const auto to = output_path(id, name);
  co_return co_await pool_.run([this, &from, &to] { return adopt_now(from, to); });
}

result<std::uint64_t> directory_store::adopt_now(const fs::path& from, const fs::path& to) {
  struct stat s{};
  auto opened = disk::open_regular(from, s);
  if (!opened) return std::move(opened).error();
  const auto size = static_cast<std::uint64_t>(s.st_size);
  if (auto room = make_room(sort::output, size); !room) return std::move(room).error();
  auto done = disk::sync(opened->get(), from);
  if (done) {
    const std::shared_lock with_others(output_account_);
    done = disk::publish(from, to);
    if (done) budget_.publish(sort::output, size);
  }
  if (!done) {
    release(sort::output, size);
    return std::move(done).error();
  }
  ::unlink(from.c_str());
  return size;
}

awaitable<void> directory_store::sweep() {
  co_await pool_.run([this] {
    tmp_.sweep(log_);
    inputs_now();
    sweep_outputs(budget_.outputs_beside(0));
    return true;
  });
}

disk::listing directory_store::count_outputs() {
  const std::unique_lock alone(output_account_);
  auto all = disk::list(files_);
  std::uint64_t bytes = 0;
  for (const auto& f : all.files) bytes += f.size;
  budget_.set_visible(sort::output, bytes);
  counts_.bytes.Set(static_cast<double>(bytes));
  return all;
}

void directory_store::sweep_outputs(std::uint64_t max_bytes) {
  const std::lock_guard lock(sweep_mutex_);
  auto listed = count_outputs();
  const auto plan = plan_sweep(std::move(listed.files), clock_.now(), options_.keep_for, max_bytes);
  for (const auto* gone : {&plan.expired, &plan.overflow}) {
    for (const auto& f : *gone) {
      ::unlink(f.path.c_str());
      budget_.remove(sort::output, f.size);
    }
    for (const auto& f : *gone) ::rmdir(f.path.parent_path().c_str());  // fails, as it should, if other files are in it
  }
  for (const auto& d : listed.empty_directories) ::rmdir(d.c_str());
  counts_.bytes.Set(static_cast<double>(budget_.visible(sort::output)));
  counts_.expired.Increment(static_cast<double>(plan.expired.size()));
  counts_.evicted.Increment(static_cast<double>(plan.overflow.size()));
  tell_overflow(log_, plan.overflow.size(), options_.max_bytes);
}

awaitable<result<std::string>> directory_store::read(file f, std::uint64_t offset, std::size_t size) {
  const auto left = offset < f.size ? f.size - offset : 0;
  const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, left));
  co_return co_await pool_.run([&f, offset, wanted]() -> result<std::string> {
    std::string bytes(wanted, '\0');
    std::size_t got = 0;
    while (got < wanted) {
      const auto n = ::pread(descriptor_of(f), bytes.data() + got, wanted - got, static_cast<off_t>(offset + got));
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
