#include "gateway/access/private_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

namespace streamdemo::gateway::private_file {

namespace fs = std::filesystem;
using base::errc;
using base::error;
using base::result;

namespace {

error io_error(std::string_view doing, const fs::path& file) {
  return {errc::io, fmt::format("could not {} {}: {}", doing, file.string(), std::strerror(errno))};
}

}  // namespace

result<std::string> read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    if (errno == ENOENT) return error{errc::not_found, fmt::format("there is no file {}", file.string())};
    return io_error("read", file);
  }
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

result<void> replace(const fs::path& file, std::string_view text) {
  const auto temporary = fs::path(file.string() + ".new");
  const base::descriptor out(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (out.get() < 0) return io_error("write", temporary);
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
