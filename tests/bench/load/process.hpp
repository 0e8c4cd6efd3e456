// What the operating system knows about a server: CPU time and memory, from /proc.
#pragma once
#include <dirent.h>
#include <sys/types.h>

#include <cstdint>
#include <fstream>
#include <string>

namespace bench {

// Nanoseconds all its threads have run, user and kernel.
inline std::uint64_t cpu_ns(pid_t pid) {
  const std::string tasks = "/proc/" + std::to_string(pid) + "/task/";
  std::uint64_t sum = 0;
  if (DIR* dir = ::opendir(tasks.c_str())) {
    while (const dirent* e = ::readdir(dir)) {
      if (e->d_name[0] == '.') continue;
      std::uint64_t ns = 0;
      std::ifstream(tasks + e->d_name + "/schedstat") >> ns;
      sum += ns;
    }
    ::closedir(dir);
  }
  return sum;
}

// Bytes of anonymous memory that are resident: heap, stacks, mapped blocks; no files and no kernel memory.
inline std::uint64_t anonymous_bytes(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/smaps_rollup");
  std::string word;
  while (in >> word) {
    if (word != "Anonymous:") continue;
    std::uint64_t kilobytes = 0;
    in >> kilobytes;
    return kilobytes * 1024;
  }
  return 0;
}

}  // namespace bench
