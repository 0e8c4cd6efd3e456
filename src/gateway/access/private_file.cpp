#include "gateway/access/private_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace streamdemo::gateway::private_file {

namespace fs = std::filesystem;
using base::errc;
using base::error;
using base::result;

namespace {

constexpr std::int64_t max_bytes = 16 << 20;

error io_error(std::string_view doing, const fs::path& file) {
  return {errc::io, fmt::format("could not {} {}: {}", doing, file.string(), std::strerror(errno))};
}

}  // namespace

result<std::string> read(const fs::path& file) {
  // Not blocking: a pipe of that name would wait for a writer.
  const base::descriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (in.get() < 0 && errno == ENOENT) return error{errc::not_found, fmt::format("there is no file {}", file.string())};
  if (in.get() < 0) return io_error("read", file);
  struct stat s{};
  if (::fstat(in.get(), &s) != 0) return io_error("read", file);
  if (!S_ISREG(s.st_mode) || s.st_size > max_bytes) {
    return error{errc::io, fmt::format("{} is no file of at most {} bytes", file.string(), max_bytes)};
  }
  std::string text(static_cast<std::size_t>(s.st_size), '\0');
  for (std::size_t got = 0; got < text.size();) {
    const auto n = ::read(in.get(), text.data() + got, text.size() - got);
    if (n < 0) return io_error("read", file);
    if (n == 0) text.resize(got);
    got += static_cast<std::size_t>(n);
  }
  return text;
}

result<void> replace(const fs::path& file, std::string_view text) {
  const auto temporary = fs::path(file.string() + ".new");
  ::unlink(temporary.c_str());
  const base::descriptor out(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (out.get() < 0) return io_error("write", temporary);
  // Whoever could read the old file, a gateway of another user, can read the new one.
  struct stat before{};
  if (::stat(file.c_str(), &before) == 0) {
    struct stat own{};
    const bool known = ::fstat(out.get(), &own) == 0;
    const bool same = known && own.st_uid == before.st_uid && own.st_gid == before.st_gid;
    if (!same && ::fchown(out.get(), before.st_uid, before.st_gid) != 0) return io_error("give back", temporary);
    if (::fchmod(out.get(), before.st_mode & 0777) != 0) return io_error("give back", temporary);
  }
  for (auto rest = text; !rest.empty();) {
    const auto n = ::write(out.get(), rest.data(), rest.size());
    if (n < 0) return io_error("write", temporary);
    rest.remove_prefix(static_cast<std::size_t>(n));
  }
  if (::fsync(out.get()) != 0) return io_error("sync", temporary);
  if (::rename(temporary.c_str(), file.c_str()) != 0) return io_error("rename", temporary);
  return {};
}

// Alone with the file as long as the descriptor is open.
result<base::descriptor> lock(const fs::path& file) {
  std::error_code ec;
  const auto directory = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (fs::create_directories(directory, ec)) fs::permissions(directory, fs::perms::owner_all, ec);
  const auto name = fs::path(file.string() + ".lock");
  base::descriptor held(::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (held.get() < 0) return io_error("open", name);
  while (::flock(held.get(), LOCK_EX) != 0) {
    if (errno != EINTR) return io_error("lock", name);
  }
  return held;
}

}  // namespace streamdemo::gateway::private_file
