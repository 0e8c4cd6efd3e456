#include "processor/child/limits.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>

namespace streamdemo::processor {

namespace {

// The time between SIGXCPU, which tells a process that its CPU time is over, and SIGKILL.
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

std::string to_argument(const held_to& h) {
  const auto& l = h.limits;
  return fmt::format("{} {} {} {} {} {}", l.max_memory_bytes, l.max_cpu_seconds, l.max_file_bytes, l.max_open_files,
                     l.max_processes, h.open_files);
}

held_to limits_from(const char* argument) {
  held_to h;
  auto& l = h.limits;
  char* rest = const_cast<char*>(argument);
  for (auto* n : {&l.max_memory_bytes, &l.max_cpu_seconds, &l.max_file_bytes, &l.max_open_files, &l.max_processes,
                  &h.open_files}) {
    *n = std::strtoull(rest, &rest, 10);
  }
  return h;
}

bool apply(const held_to& h) noexcept {
  const auto& l = h.limits;
  if (l.max_open_files == 0 && h.open_files != 0 && !limit(RLIMIT_NOFILE, h.open_files, RLIM_INFINITY)) return false;
  return limit_if_set(RLIMIT_NOFILE, l.max_open_files) && limit(RLIMIT_CORE, 0, 0) &&
         limit_if_set(RLIMIT_AS, l.max_memory_bytes) &&
         (l.max_cpu_seconds == 0 || limit(RLIMIT_CPU, l.max_cpu_seconds, l.max_cpu_seconds + cpu_grace_seconds)) &&
         limit_if_set(RLIMIT_FSIZE, l.max_file_bytes) && limit_if_set(RLIMIT_NPROC, l.max_processes);
}

}  // namespace streamdemo::processor
