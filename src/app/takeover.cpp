#include "app/takeover.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <utility>

// The glibc of Debian 12 (2.36) forgets to say so itself.
extern "C" {
#include <sys/pidfd.h>
}

namespace streamdemo::app {

namespace {

base::error cannot_take(int pid, int code) {
  if (code == EPERM || code == EACCES) {
    return {base::errc::invalid_argument,
            fmt::format("--takeover: this user may not take the sockets of process {}. Be the same user, and root or "
                        "with the kernel's kernel.yama.ptrace_scope = 0",
                        pid)};
  }
  return {base::errc::unavailable, fmt::format("--takeover: process {}: {}", pid, std::strerror(code))};
}

bool has_ended(int process, base::milliseconds patience) {
  pollfd p{process, POLLIN, 0};
  return ::poll(&p, 1, static_cast<int>(patience.count())) == 1;
}

}  // namespace

base::result<earlier_process> earlier_process::find(int pid, std::uint16_t port) {
  const int process = ::pidfd_open(pid, 0);
  if (process < 0) {
    if (errno != ESRCH) return cannot_take(pid, errno);
    return base::error{base::errc::not_found, fmt::format("--takeover: there is no process {}", pid)};
  }
  earlier_process found(process, {});
  std::error_code ec;
  const auto descriptors = fmt::format("/proc/{}/fd", pid);
  for (const auto& entry : std::filesystem::directory_iterator(descriptors, ec)) {
    const auto name = entry.path().filename().string();
    std::error_code gone;
    if (!std::filesystem::read_symlink(entry.path(), gone).string().starts_with("socket:")) continue;
    int theirs = -1;
    std::from_chars(name.data(), name.data() + name.size(), theirs);
    const int ours = ::pidfd_getfd(process, theirs, 0);
    if (ours < 0) {
      if (errno == EBADF) continue;  // closed meanwhile
      return cannot_take(pid, errno);
    }
    auto socket = listening_on(ours);
    if (socket && socket->port == port) {
      found.sockets_.push_back(std::move(*socket));
    } else {
      ::close(ours);
    }
  }
  if (ec) return cannot_take(pid, ec.value());
  if (found.sockets_.empty()) {
    return base::error{base::errc::not_found,
                       fmt::format("--takeover: process {} does not listen on gateway.port = {}", pid, port)};
  }
  return found;
}

earlier_process::earlier_process(earlier_process&& other) noexcept
    : process_(std::exchange(other.process_, -1)), sockets_(std::move(other.sockets_)) {}

// The sockets belong to whoever has asked for them.
earlier_process::~earlier_process() {
  if (process_ >= 0) ::close(process_);
}

bool earlier_process::end(base::milliseconds patience) {
  ::pidfd_send_signal(process_, SIGTERM, nullptr, 0);
  if (has_ended(process_, patience)) return true;
  ::pidfd_send_signal(process_, SIGKILL, nullptr, 0);
  has_ended(process_, patience);
  return false;
}

}  // namespace streamdemo::app
