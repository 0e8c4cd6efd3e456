#!/usr/bin/env bash
# Boost.Asio 1.81 (Debian's libboost1.81-dev), epoll: async_wait(wait_read) completes without an error on a descriptor
# that is not readable, when another descriptor was closed shortly before.
#
# What one expects: a wait for readiness completes when the descriptor is ready, or with operation_aborted.
# What happens: one turn of epoll_wait may report several descriptors. Their records are queued with the events that were
# seen. A handler that runs first and closes one of the others puts that record back on the reactor's free list while it
# is still queued; the next descriptor that is registered gets the same record, and the queued event is then performed as
# if it were its own. Reads and writes bear it (the system call says EAGAIN and Asio waits on); a wait has nothing to try,
# so it completes. The first use of a fresh pidfd, where the wait is all there is, takes a living process for a dead one.
# So: after every async_wait ask the kernel, and wait again. Waiting again loses nothing: it registers the descriptor anew.
#
# Seen with Debian 12, g++ 12.2:
#   libboost1.81-dev 1.81.0-5+deb12u1
#   Boost 1_81
#   the wait on an empty pipe completed: Success; poll() on it says 0
#
# Exits 0 while that is so, 1 when the wait no longer completes, 2 when it could not be tried.
set -euo pipefail
dpkg-query --show --showformat '${Package} ${Version}\n' libboost1.81-dev 2>/dev/null || true
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cat >"$dir/wake.cpp" <<'CPP'
#include <poll.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/version.hpp>
#include <chrono>
#include <cstdio>

namespace asio = boost::asio;
using descriptor = asio::posix::stream_descriptor;

int main() {
  std::printf("Boost %s\n", BOOST_LIB_VERSION);
  asio::io_context io(1);
  int a[2], b[2], quiet[2];
  if (pipe(a) != 0 || pipe(b) != 0 || pipe(quiet) != 0) return 2;
  descriptor served(io, a[0]), closed(io, b[0]), waiting(io);
  if (write(a[1], "x", 1) != 1 || write(b[1], "x", 1) != 1) return 2;
  bool woken = false;
  served.async_wait(descriptor::wait_read, [&](boost::system::error_code) {
    closed.close();            // its event came in the same turn and is queued
    waiting.assign(quiet[0]);  // nobody ever writes to this pipe
    waiting.async_wait(descriptor::wait_read, [&](boost::system::error_code ec) {
      pollfd p{quiet[0], POLLIN, 0};
      std::printf("the wait on an empty pipe completed: %s; poll() on it says %d\n", ec.message().c_str(), poll(&p, 1, 0));
      woken = !ec;
    });
  });
  io.run_for(std::chrono::seconds(1));
  if (!woken) std::puts("the wait on an empty pipe did not complete within a second");
  return woken ? 0 : 1;
}
CPP
g++ -std=c++20 -O1 "$dir/wake.cpp" -o "$dir/wake" || exit 2
"$dir/wake"
