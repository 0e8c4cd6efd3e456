#include "processor/child/spawn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>

#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <streamdemo/base/open_files.hpp>
#include <streamdemo/processor/guard.hpp>

#include "processor/child/guard_protocol.hpp"
#include "processor/child/limits.hpp"

namespace streamdemo::processor {

namespace {

using base::descriptor;
using base::errc;
using base::error;
using base::result;

// Wide, because some programs cut their lines to the terminal's width.
constexpr unsigned short terminal_rows = 50;
constexpr unsigned short terminal_columns = 200;

error io_error(std::string_view tried, int code) {
  return {base::is_shortage(code) ? errc::full : errc::io, fmt::format("could not {}: {}", tried, std::strerror(code))};
}

// Moves a descriptor above the numbers of the child's streams: dup2 of a number onto itself would keep close-on-exec,
// and the child would not get it.
result<descriptor> high(int fd) {
  if (fd < 0) return io_error("open a descriptor", errno);
  descriptor low(fd);
  descriptor moved(::fcntl(fd, F_DUPFD_CLOEXEC, 16));
  if (!moved) return io_error("copy a descriptor", errno);
  return moved;
}

// Opens a pipe: `mine` stays here, `theirs` goes to the child.
result<void> open_pipe(descriptor& mine, descriptor& theirs, bool child_reads) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return io_error("open a pipe (raise the limit of open files?)", errno);
  mine.reset(ends[child_reads ? 1 : 0]);
  auto moved = high(ends[child_reads ? 0 : 1]);
  if (!moved) return std::move(moved).error();
  theirs = std::move(*moved);
  return {};
}

// Opens a pseudo-terminal whose other end is the child's output. Programs only check that it exists, and its width. It
// is in raw mode: it echoes nothing and changes no byte, so lines end with LF. It is no controlling terminal, so
// signals work as usual.
result<void> open_terminal(descriptor& mine, descriptor& theirs) {
  static constexpr std::string_view tried = "open a pseudo-terminal (is /dev/pts mounted, and are some free?)";
  mine.reset(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  // ENOSPC here means that no pseudo-terminal is free.
  if (!mine && errno == ENOSPC) return error{errc::full, io_error(tried, ENOSPC).message};
  int locked = 0;
  if (!mine || ::ioctl(mine.get(), TIOCSPTLCK, &locked) != 0) return io_error(tried, errno);
  // TIOCGPTPEER instead of opening it by name, since this process may see another /dev/pts.
  const int other = ::ioctl(mine.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (other < 0) return io_error(tried, errno);
  auto moved = high(other);
  if (!moved) return std::move(moved).error();
  theirs = std::move(*moved);
  termios raw{};
  ::tcgetattr(theirs.get(), &raw);
  ::cfmakeraw(&raw);
  winsize size{};
  size.ws_row = terminal_rows;
  size.ws_col = terminal_columns;
  if (::tcsetattr(theirs.get(), TCSANOW, &raw) != 0 || ::ioctl(theirs.get(), TIOCSWINSZ, &size) != 0) {
    return io_error(tried, errno);
  }
  return {};
}

struct child_ends {
  descriptor input, output, errors, extra, control;
};

result<void> open_all(const child_options& o, spawned& mine, child_ends& theirs) {
  result<void> done;
  if (o.input) {
    done = open_pipe(mine.input, theirs.input, true);
  } else {
    auto nothing = high(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (!nothing) return std::move(nothing).error();
    theirs.input = std::move(*nothing);
  }
  if (done)
    done = o.terminal ? open_terminal(mine.output, theirs.output) : open_pipe(mine.output, theirs.output, false);
  if (done) done = open_pipe(mine.errors, theirs.errors, false);
  if (done && o.extra_output) done = open_pipe(mine.extra, theirs.extra, false);
  if (!done) return done;
  int pair[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) return io_error("open a socket pair", errno);
  mine.control.reset(pair[0]);
  ::fcntl(pair[0], F_SETFL, O_NONBLOCK);
  auto moved = high(pair[1]);
  if (!moved) return std::move(moved).error();
  theirs.control = std::move(*moved);
  return {};
}

// The child must not get this program's settings, which may include the brokers' password, nor what it shows to the
// receiver of traces.
bool is_setting(std::string_view variable) {
  return variable.starts_with("STREAMDEMO_") || variable == "OTEL_EXPORTER_OTLP_HEADERS" ||
         variable == "OTEL_EXPORTER_OTLP_TRACES_HEADERS";
}

// This program's environment without its settings, and with `more` added or replaced.
std::vector<std::string> environment_with(const std::vector<std::pair<std::string, std::string>>& more) {
  std::vector<std::string> all;
  for (char** e = environ; *e != nullptr; ++e) {
    const std::string_view entry(*e);
    const auto name = entry.substr(0, entry.find('='));
    if (is_setting(name)) continue;
    if (std::none_of(more.begin(), more.end(), [&](const auto& m) { return m.first == name; })) all.emplace_back(entry);
  }
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> p;
  for (auto& t : texts) p.push_back(t.data());
  p.push_back(nullptr);
  return p;
}

// Ignores SIGPIPE, so that a child that closes its input does not end this program. An existing handler is kept.
void survive_closed_pipes() {
  struct sigaction now{};
  if (::sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) ::signal(SIGPIPE, SIG_IGN);
}

class spawn_settings {
 public:
  explicit spawn_settings(const child_ends& e) {
    ::posix_spawn_file_actions_init(&actions);
    copy(e.input, 0);
    copy(e.output, 1);
    copy(e.errors, 2);
    if (e.extra) copy(e.extra, guard::extra_fd);
    if (!e.extra) ::posix_spawn_file_actions_addclose(&actions, guard::extra_fd);
    copy(e.control, guard::control_fd);
    ::posix_spawn_file_actions_addclosefrom_np(&actions, guard::control_fd + 1);

    ::posix_spawnattr_init(&attributes);
    sigset_t all, none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    // A process group of its own, so that Ctrl-C in a terminal reaches only this program, which then stops its tasks in
    // order.
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  }
  ~spawn_settings() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
  spawn_settings(const spawn_settings&) = delete;

  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};

 private:
  void copy(const descriptor& from, int to) { ::posix_spawn_file_actions_adddup2(&actions, from.get(), to); }
};

}  // namespace

result<spawned> spawn_guard(const child_options& o) {
  spawned mine;
  child_ends theirs;
  survive_closed_pipes();
  if (auto opened = open_all(o, mine, theirs); !opened) return std::move(opened).error();

  const std::string program = o.guard_program.empty() ? "/proc/self/exe" : o.guard_program.string();
  std::vector<std::string> arguments{"streamdemo", guard_argument, std::to_string(o.kill_after.count()),
                                     o.working_directory, to_argument({o.limits, o.open_files})};
  arguments.insert(arguments.end(), o.command.begin(), o.command.end());
  auto environment = environment_with(o.environment);
  const spawn_settings settings(theirs);
  const int failed = ::posix_spawn(&mine.pid, program.c_str(), &settings.actions, &settings.attributes,
                                   pointers(arguments).data(), pointers(environment).data());
  if (failed != 0) return io_error("start the guard " + program, failed);
  mine.pidfd.reset(
      static_cast<int>(::syscall(SYS_pidfd_open, mine.pid, 0)));  // glibc 2.36 declares it without C linkage
  if (mine.pidfd) return mine;
  const int why = errno;
  mine.control.reset();  // the end of file tells the guard to end
  ::waitpid(mine.pid, nullptr, 0);
  return io_error("watch a child process", why);
}

}  // namespace streamdemo::processor
