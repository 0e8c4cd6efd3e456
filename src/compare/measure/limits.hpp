// Raises the limit of open files, which thousands of sockets need.
#pragma once
#include <sys/resource.h>

namespace streamdemo::compare {

// For this process and the servers that it starts.
inline void raise_file_limit() {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace streamdemo::compare
