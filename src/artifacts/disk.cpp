#include "artifacts/disk.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <thread>

namespace streamdemo::artifacts::disk {

using base::errc;
namespace fs = std::filesystem;

error error_of(int code, std::string_view doing, const path& on) {
  const auto why = std::generic_category().message(code);
  switch (code) {
    case ENOSPC:
    case EDQUOT:
      return {errc::no_space, fmt::format("could not {} {}: {}; free space or lower artifacts.keep_for_ms and "
                                          "artifacts.max_bytes",
                                          doing, on.string(), why)};
    case EEXIST:
      return {errc::already_exists, fmt::format("could not {} {}: the name is taken", doing, on.string())};
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
      return {errc::not_found, fmt::format("could not {} {}: {}", doing, on.string(), why)};
    case EFBIG:
      return {errc::too_large, fmt::format("could not {} {}: {}", doing, on.string(), why)};
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return {errc::full, fmt::format("could not {} {}: {}; try again in a moment", doing, on.string(), why)};
    default:
      return {errc::io,
              fmt::format("could not {} {}: {}; check artifacts.directory and its rights", doing, on.string(), why)};
  }
}

namespace {

// A lock is held only for a few file operations, unless its holder is stopped (SIGSTOP) during them.
constexpr std::chrono::seconds lock_patience{5};
constexpr std::chrono::milliseconds lock_pause{2};

base::sys_time time_of(const timespec& t) {
  return base::sys_time(std::chrono::seconds(t.tv_sec)) +
         std::chrono::duration_cast<base::microseconds>(std::chrono::nanoseconds(t.tv_nsec));
}

}  // namespace

base::sys_time modified_of(const struct stat& s) {
  return time_of(s.st_mtim);
}

result<void> make_directory(const path& directory) {
  if (::mkdir(directory.c_str(), 0750) != 0) {
    if (errno == EEXIST) return {};
    return error_of(errno, "make the directory", directory);
  }
  // The new entry survives a crash only once the parent directory is synced.
  return sync_directory(directory.parent_path());
}

result<void> sync_directory(const path& directory) {
  const descriptor d(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!d) return error_of(errno, "open the directory", directory);
  return sync(d.get(), directory);
}

result<descriptor> lock(const path& file, lock_mode mode) {
  descriptor d(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (!d) return error_of(errno, "open", file);
  const int how = (mode == lock_mode::exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB;
  const auto give_up = std::chrono::steady_clock::now() + lock_patience;
  while (::flock(d.get(), how) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return error_of(errno, "lock", file);
    if (std::chrono::steady_clock::now() > give_up) {
      return error{errc::unavailable,
                   fmt::format("{} is locked by a process that does not continue; end or resume it", file.string())};
    }
    std::this_thread::sleep_for(lock_pause);
  }
  return d;
}

result<descriptor> create_locked(const path& file) {
  descriptor d(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640));
  if (!d) return error_of(errno, "create", file);
  ::flock(d.get(), LOCK_EX | LOCK_NB);
  return d;
}

result<descriptor> make_locked_directory(const path& directory) {
  if (auto made = make_directory(directory); !made) return std::move(made).error();
  descriptor d(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!d) return error_of(errno, "open the directory", directory);
  ::flock(d.get(), LOCK_EX | LOCK_NB);
  return d;
}

result<descriptor> open_regular(const path& file, struct stat& s) {
  // O_NONBLOCK: if somebody put a FIFO there, opening it must not block.
  descriptor d(::open(file.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!d) return error_of(errno, "open", file);
  if (::fstat(d.get(), &s) != 0) return error_of(errno, "look at", file);
  if (!S_ISREG(s.st_mode)) return error_of(ENOENT, "open as a file", file);
  return d;
}

result<void> write_all(int fd, std::string_view bytes, const path& named) {
  while (!bytes.empty()) {
    const auto n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return error_of(errno, "write", named);
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

result<void> sync(int fd, const path& named) {
  if (::fsync(fd) != 0) return error_of(errno, "sync", named);
  return {};
}

result<void> publish(const path& from, const path& to) {
  // A sweep may remove the directory between the two calls, while it is still empty. So retry a few times.
  for (int tries = 0; tries < 8; ++tries) {
    if (auto made = make_directory(to.parent_path()); !made) return made;
    if (::link(from.c_str(), to.c_str()) == 0) {
      auto synced = sync_directory(to.parent_path());
      if (!synced) ::unlink(to.c_str());  // it might not survive a crash, so nobody may see it
      return synced;
    }
    if (errno != ENOENT) break;
  }
  return error_of(errno, "publish", to);
}

listing list(const path& root) {
  listing found;
  std::error_code ec;
  for (fs::directory_iterator d(root, ec), end; !ec && d != end; d.increment(ec)) {
    std::error_code inner;
    bool empty = true;
    for (fs::directory_iterator f(d->path(), inner); !inner && f != end; f.increment(inner)) {
      empty = false;
      struct stat s{};
      if (::lstat(f->path().c_str(), &s) != 0 || !S_ISREG(s.st_mode)) continue;
      // link() sets the ctime, so it tells when the file got this name.
      found.files.push_back({f->path(), static_cast<std::uint64_t>(s.st_size), modified_of(s), time_of(s.st_ctim)});
    }
    if (empty && !inner) found.empty_directories.push_back(d->path());
  }
  return found;
}

std::vector<leftover> find_leftovers(const path& directory) {
  std::vector<leftover> found;
  std::error_code ec;
  for (fs::directory_iterator e(directory, ec), end; !ec && e != end; e.increment(ec)) {
    descriptor d(::open(e->path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
    if (d && ::flock(d.get(), LOCK_EX | LOCK_NB) == 0) found.push_back({e->path(), std::move(d)});
  }
  return found;
}

}  // namespace streamdemo::artifacts::disk
