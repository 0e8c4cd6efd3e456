#include <dirent.h>
#include <sys/resource.h>

#include <cerrno>
#include <streamdemo/base/open_files.hpp>

namespace streamdemo::base {

open_files_limit limit_of_open_files() noexcept {
  rlimit now{};
  if (::getrlimit(RLIMIT_NOFILE, &now) != 0) return {};
  return {now.rlim_cur, now.rlim_max};
}

std::uint64_t raise_limit_of_open_files() noexcept {
  const auto before = limit_of_open_files();
  const rlimit raised{before.hard, before.hard};
  // A refusal is no error: callers read the limit in force again.
  if (before.soft < before.hard) ::setrlimit(RLIMIT_NOFILE, &raised);
  return before.soft;
}

std::uint64_t count_open_files() noexcept {
  DIR* const all = ::opendir("/proc/self/fd");
  if (all == nullptr) return 0;
  std::uint64_t n = 0;
  while (const auto* entry = ::readdir(all)) {
    if (entry->d_name[0] != '.') ++n;
  }
  ::closedir(all);
  return n > 0 ? n - 1 : 0;  // the directory itself was one of them
}

bool is_shortage(int error_number) noexcept {
  return error_number == EMFILE || error_number == ENFILE || error_number == EAGAIN || error_number == ENOMEM ||
         error_number == ENOBUFS;
}

}  // namespace streamdemo::base
