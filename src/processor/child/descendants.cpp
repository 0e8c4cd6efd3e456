#include "processor/child/descendants.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>

namespace streamdemo::processor {

namespace {

// The fourth field of /proc/PID/stat. The second, the name, may contain spaces and parentheses. 0: the process has
// ended meanwhile.
pid_t parent_of(const char* pid) {
  const std::string path = std::string("/proc/") + pid + "/stat";
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char text[512];
  const auto n = ::read(fd, text, sizeof text - 1);
  ::close(fd);
  if (n <= 0) return 0;
  text[n] = '\0';
  const char* name_end = std::strrchr(text, ')');
  int parent = 0;
  char state = 0;
  return name_end != nullptr && std::sscanf(name_end + 1, " %c %d", &state, &parent) == 2 ? parent : 0;
}

}  // namespace

std::vector<pid_t> descendants_of(pid_t root) {
  std::multimap<pid_t, pid_t> children;
  if (DIR* proc = ::opendir("/proc")) {
    while (const dirent* e = ::readdir(proc)) {
      if (e->d_name[0] < '1' || e->d_name[0] > '9') continue;
      if (const pid_t parent = parent_of(e->d_name)) children.emplace(parent, std::atoi(e->d_name));
    }
    ::closedir(proc);
  }
  std::vector<pid_t> found;
  const auto add = [&](pid_t parent) {
    const auto [from, to] = children.equal_range(parent);
    for (auto it = from; it != to; ++it) found.push_back(it->second);
    children.erase(from, to);
  };
  add(root);
  for (std::size_t i = 0; i < found.size(); ++i) add(found[i]);
  return found;
}

}  // namespace streamdemo::processor
