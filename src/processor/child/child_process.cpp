#include "processor/child/child_process.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <boost/asio/redirect_error.hpp>
#include <cstring>
#include <memory>
#include <streamdemo/base/open_files.hpp>

#include "processor/child/guard_protocol.hpp"
#include "processor/child/spawn.hpp"

namespace streamdemo::processor {

using base::errc;
using base::error;

namespace {

// A guard usually ends within milliseconds after it was told to.
constexpr int moment_ms = 50;

}  // namespace

// A guard that does not end at once, for example because the kernel blocks it on a broken disk, and that nobody waits
// for any more. It is reaped when it ends. Owned by its own wait, which ends with the loop.
struct child_process::straggler : std::enable_shared_from_this<straggler> {
  straggler(pidfd g, pid_t p) : guard(std::move(g)), pid(p) {}
  void wait() {
    guard.async_wait(pidfd::wait_read, [self = shared_from_this()](boost::system::error_code ec) {
      if (!ec && ::waitpid(self->pid, nullptr, WNOHANG) == 0) self->wait();
    });
  }
  pidfd guard;
  pid_t pid;
};

child_process::child_process(base::executor ex, std::string name)
    : name_(std::move(name)), guard_(ex), input_(ex), output_(ex), errors_(ex), extra_(ex) {}

base::result<child_process> child_process::start(base::executor ex, const child_options& o) {
  if (o.command.empty()) return error{errc::invalid_argument, "the command is empty"};
  auto made = spawn_guard(o);
  if (!made) return std::move(made).error();
  child_process child(ex, o.command.front());
  child.guard_pid_ = made->pid;
  child.control_ = std::move(made->control);
  child.guard_.assign(made->pidfd.release());
  if (made->input) child.input_.assign(made->input.release());
  child.output_.assign(made->output.release());
  child.errors_.assign(made->errors.release());
  if (made->extra) child.extra_.assign(made->extra.release());
  return child;
}

child_process::~child_process() {
  if (!guard_.is_open()) return;
  kill();
  // Only reached if nobody waited to the end. Do not block the other work of this loop for longer than that.
  pollfd on{guard_.native_handle(), POLLIN, 0};
  ::poll(&on, 1, moment_ms);
  if (!reap()) std::make_shared<straggler>(std::move(guard_), guard_pid_)->wait();
}

void child_process::stop() noexcept {
  if (control_) ::send(control_.get(), &guard::stop, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void child_process::kill() noexcept {
  if (control_) ::shutdown(control_.get(), SHUT_WR);
}

base::awaitable<base::result<exit_status>> child_process::wait() {
  // A wake-up does not prove that the guard has ended: when a descriptor is closed with an event still queued, Asio
  // reuses its record for the next descriptor and delivers the event there. So ask the kernel.
  do {
    boost::system::error_code ec;
    co_await guard_.async_wait(pidfd::wait_read, asio::redirect_error(base::use_awaitable, ec));
    if (ec) throw boost::system::system_error(ec);
  } while (!reap());
  guard_.close();
  co_return outcome();
}

bool child_process::reap() noexcept {
  return ::waitpid(guard_pid_, nullptr, WNOHANG) != 0;
}

base::result<exit_status> child_process::outcome() {
  guard::report r{};
  if (::recv(control_.get(), &r, sizeof r, MSG_DONTWAIT) != sizeof r) {
    return error{errc::io, "the process that guards " + name_ + " was killed"};
  }
  const auto why = std::string(std::strerror(r.value));
  switch (r.what) {
    case guard::what::exited:
      return exit_status{r.value, 0};
    case guard::what::killed:
      return exit_status{0, r.value};
    case guard::what::no_directory:
      return error{errc::not_found, "the working directory of " + name_ + " cannot be entered: " + why};
    case guard::what::not_limited:
      return error{errc::io, "the limits of " + name_ + " could not be set: " + why};
    case guard::what::not_started:
      break;
  }
  if (r.value == ENOENT) {
    return error{errc::not_found, "the program " + name_ +
                                      " was not found on this processor; install it or correct "
                                      "the command"};
  }
  const auto code = base::is_shortage(r.value) ? errc::full : errc::io;
  return error{code, "the program " + name_ + " could not be started: " + why};
}

}  // namespace streamdemo::processor
