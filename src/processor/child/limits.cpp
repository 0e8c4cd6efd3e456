#include "processor/child/limits.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>

namespace streamdemo::processor {

namespace {

// Between being told that the time is over (SIGXCPU) and being ended.
constexpr rlim_t cpu_grace_seconds = 5;

bool limit(decltype(RLIMIT_CORE) what, rlim_t soft, rlim_t hard) noexcept {
  rlimit r{};
  if (::getrlimit(what, &r) != 0) return false;
  r = {std::min(soft, r.rlim_max), std::min(hard, r.rlim_max)};
  return ::setrlimit(what, &r) == 0;
}

bool limit_if_set(decltype(RLIMIT_CORE) what, std::uint64_t most) noexcept {
  return most == 0 || limit(what, most, most);
}

}  // namespace

std::string to_argument(const config::child_limits& l) {
  return fmt::format("{} {} {} {} {}", l.max_memory_bytes, l.max_cpu_seconds, l.max_file_bytes, l.max_open_files,
                     l.max_processes);
}

config::child_limits limits_from(const char* argument) {
  config::child_limits l;
  char* rest = const_cast<char*>(argument);
  for (auto* n : {&l.max_memory_bytes, &l.max_cpu_seconds, &l.max_file_bytes, &l.max_open_files, &l.max_processes}) {
    *n = std::strtoull(rest, &rest, 10);
  }
  return l;
}

bool apply(const config::child_limits& l) noexcept {
  return limit(RLIMIT_CORE, 0, 0) && limit_if_set(RLIMIT_AS, l.max_memory_bytes) &&
         (l.max_cpu_seconds == 0 || limit(RLIMIT_CPU, l.max_cpu_seconds, l.max_cpu_seconds + cpu_grace_seconds)) &&
         limit_if_set(RLIMIT_FSIZE, l.max_file_bytes) && limit_if_set(RLIMIT_NOFILE, l.max_open_files) &&
         limit_if_set(RLIMIT_NPROC, l.max_processes);
}

}  // namespace streamdemo::processor
