#include "bus/inprocess/journal/directory_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <streamdemo/base/clock.hpp>
#include <system_error>
#include <utility>

namespace streamdemo::bus::inprocess::journal {

namespace {

using base::errc;
using base::error;

constexpr const char* lock_file = "in-use-by";

error failed(const std::filesystem::path& directory, std::string_view tried, int why) {
  return {why == ENOSPC ? errc::no_space : errc::io,
          fmt::format("the journal's directory {}: cannot {}: {}; name another with inprocess.directory, or none "
                      "(--set inprocess.directory=) to keep the records in memory only",
                      directory.string(), tried, std::generic_category().message(why))};
}

std::string text_of(int fd) {
  std::array<char, 256> buffer{};
  const auto n = ::pread(fd, buffer.data(), buffer.size(), 0);
  return n > 0 ? std::string(buffer.data(), std::size_t(n)) : std::string("another process");
}

std::string own_name() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  return fmt::format("process {} on {}, started {}", ::getpid(), host.data(),
                     base::format_millis(base::system_clock().now()));
}

}  // namespace

base::result<directory_lock> directory_lock::take(const std::filesystem::path& directory) {
  std::error_code ec;
  if (!directory.parent_path().empty()) std::filesystem::create_directories(directory.parent_path(), ec);
  if (ec) return failed(directory, "make the directory above it", ec.value());
  // Records are what clients sent, so the directory is its owner's alone.
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return failed(directory, "make it", errno);
  const auto file = directory / lock_file;
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) return failed(directory, "write to it", errno);
  directory_lock lock(fd, file);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return failed(directory, "lock it", errno);
    return error{errc::already_exists,
                 fmt::format("the journal's directory {} is in use by {}: stop that, or give this process a directory "
                             "of its own with inprocess.directory (--set inprocess.directory=DIR; an empty one keeps "
                             "the records in memory only)",
                             directory.string(), text_of(fd))};
  }
  const auto name = own_name();
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, name.data(), name.size(), 0) != ssize_t(name.size())) {
    return failed(directory, "write to it", errno);
  }
  return lock;
}

base::result<std::string> directory_lock::holder(const std::filesystem::path& directory) {
  const int fd = ::open((directory / lock_file).c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return std::string();
  if (fd < 0) return failed(directory, "look who has it", errno);
  const directory_lock closes(fd, {});
  if (::flock(fd, LOCK_SH | LOCK_NB) == 0) return std::string();
  if (errno != EWOULDBLOCK) return failed(directory, "look who has it", errno);
  return text_of(fd);
}

bool directory_lock::is_in_place() const {
  struct stat named{};
  struct stat held{};
  return ::stat(file_.c_str(), &named) == 0 && ::fstat(fd_, &held) == 0 && named.st_dev == held.st_dev &&
         named.st_ino == held.st_ino;
}

directory_lock::directory_lock(directory_lock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)), file_(std::move(other.file_)) {}

directory_lock::~directory_lock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace streamdemo::bus::inprocess::journal
