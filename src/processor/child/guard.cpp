#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <streamdemo/processor/guard.hpp>

#include "processor/child/descendants.hpp"
#include "processor/child/guard_protocol.hpp"
#include "processor/child/limits.hpp"

namespace streamdemo::processor {

namespace {

using steady = std::chrono::steady_clock;

// What the guard does: start the command, wait for its end or for the owner, kill all that is left, report.
class guardian {
 public:
  guardian(char** command, const char* directory, const held_to& limits, std::chrono::milliseconds kill_after)
      : command_(command), directory_(directory), limits_(limits), kill_after_(kill_after) {}

  int run() {
    auto failed = prepare();
    if (!failed) failed = start();
    if (failed) {
      tell(*failed);
      return 127;
    }
    watch();
    end_all();
    tell(report_);
    return 0;
  }

 private:
  std::optional<guard::report> prepare() {
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::fcntl(guard::control_fd, F_SETFD, FD_CLOEXEC);
    ::fcntl(guard::control_fd, F_SETFL, O_NONBLOCK);
    // Only the owner ends the guard, so ignore the signals that a service manager sends to all processes of a service.
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_BLOCK, &all, nullptr);
    sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    // Use a number above those of the command's streams: one of them may be free, and let_go_of_streams() closes all.
    const int lowest = ::signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    if (lowest >= 0) signals_ = ::fcntl(lowest, F_DUPFD_CLOEXEC, guard::control_fd + 1);
    // Without the signalfd the guard would not notice the end of the command.
    if (signals_ < 0) return guard::report{guard::what::not_started, errno};
    ::close(lowest);
    return std::nullopt;
  }

  std::optional<guard::report> start() {
    int failure[2];
    if (::pipe2(failure, O_CLOEXEC) != 0) return guard::report{guard::what::not_started, errno};
    const pid_t guard_pid = ::getpid();
    command_pid_ = ::fork();  // safe, since this process has one thread
    if (command_pid_ < 0) return guard::report{guard::what::not_started, errno};
    if (command_pid_ == 0) become_command(failure[1], guard_pid);
    ::setpgid(command_pid_, command_pid_);
    ::close(failure[1]);
    guard::report failed{};
    const auto n = ::read(failure[0], &failed, sizeof failed);
    ::close(failure[0]);
    let_go_of_streams();
    if (n != sizeof failed) return std::nullopt;
    ::waitpid(command_pid_, nullptr, 0);
    return failed;
  }

  [[noreturn]] void become_command(int failure, pid_t guard_pid) {
    ::setpgid(0, 0);
    // If the guard itself is killed, at least the command is killed with it.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != guard_pid) ::_exit(127);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    guard::report failed{guard::what::no_directory, 0};
    if (*directory_ == '\0' || ::chdir(directory_) == 0) {
      failed.what = guard::what::not_limited;
      if (apply(limits_)) {
        ::execvp(command_[0], command_);
        failed.what = guard::what::not_started;
      }
    }
    failed.value = errno;
    [[maybe_unused]] const auto n = ::write(failure, &failed, sizeof failed);
    ::_exit(127);
  }

  // Only the command may hold the pipes, so that the owner sees when it closes them.
  void let_go_of_streams() {
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    for (const int fd : {0, 1, 2}) {
      if (nothing < 0 || ::dup2(nothing, fd) < 0) ::close(fd);
    }
    ::close(guard::extra_fd);
    if (nothing > guard::control_fd) ::close(nothing);
  }

  // Waits until the command has ended, its time is over, or the owner has closed the socket.
  void watch() {
    std::optional<steady::time_point> deadline;
    while (!command_ended_) {
      int timeout = -1;
      if (deadline) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(*deadline - steady::now()).count();
        if (left <= 0) return;
        timeout = static_cast<int>(left);
      }
      pollfd on[2] = {{guard::control_fd, POLLIN, 0}, {signals_, POLLIN, 0}};
      ::poll(on, 2, timeout);
      if (on[1].revents != 0) reap();
      if (on[0].revents == 0) continue;
      char byte = 0;
      const auto n = ::read(guard::control_fd, &byte, 1);
      if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) return;
      if (n == 1 && byte == guard::stop && !deadline) {
        deadline = steady::now() + kill_after_;
        ::kill(-command_pid_, SIGTERM);
      }
    }
  }

  // Reaps every ended child, the command among them. False: no child is left.
  bool reap() {
    signalfd_siginfo ignored;
    while (::read(signals_, &ignored, sizeof ignored) > 0) continue;
    for (;;) {
      int status = 0;
      const pid_t pid = ::waitpid(-1, &status, WNOHANG);
      if (pid == 0) return true;
      if (pid < 0) return false;
      if (pid != command_pid_) continue;
      command_ended_ = true;
      report_ = WIFSIGNALED(status) ? guard::report{guard::what::killed, WTERMSIG(status)}
                                    : guard::report{guard::what::exited, WEXITSTATUS(status)};
    }
  }

  // The children of a killed process become children of the guard, and are found in the next round.
  void end_all() {
    while (reap()) {
      if (!command_ended_) ::kill(-command_pid_, SIGKILL);
      for (const pid_t pid : descendants_of(::getpid())) ::kill(pid, SIGKILL);
      pollfd on{signals_, POLLIN, 0};
      ::poll(&on, 1, 50);
    }
  }

  static void tell(const guard::report& r) {
    [[maybe_unused]] const auto n = ::send(guard::control_fd, &r, sizeof r, MSG_NOSIGNAL);
  }

  char** const command_;
  const char* const directory_;
  const held_to limits_;
  const std::chrono::milliseconds kill_after_;
  int signals_ = -1;
  pid_t command_pid_ = -1;
  bool command_ended_ = false;
  guard::report report_{};
};

}  // namespace

int guard_main(int argc, char** argv) {
  if (argc < 6) return 2;
  guardian g(argv + 5, argv[3], limits_from(argv[4]), std::chrono::milliseconds(std::atoll(argv[2])));
  // _exit, because the exit handlers belong to the program that this process was forked from.
  ::_exit(g.run());
}

}  // namespace streamdemo::processor
