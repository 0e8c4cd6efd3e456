// A child process of a handler, in a process group of its own, with pipes to its streams (or a terminal for one). It
// belongs to this object: neither it nor any process it started, in whatever session, outlives it, nor this program,
// however that ends. One executor, except stop(). Reading slowly is backpressure: the pipe fills and the child waits.
#pragma once
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/writable_pipe.hpp>
#include <streamdemo/base/asio.hpp>
#include <streamdemo/base/clock.hpp>
#include <streamdemo/base/descriptor.hpp>
#include <streamdemo/base/error.hpp>
#include <streamdemo/config/settings.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace streamdemo::processor {

struct child_options {
  std::vector<std::string> command;                              // the first is found in PATH
  std::vector<std::pair<std::string, std::string>> environment;  // beside this program's own, less its settings
  std::string working_directory;                                 // empty: this program's
  bool input = false;                                            // a pipe to standard input; else it reads /dev/null
  bool terminal = false;                // standard output is a pseudo-terminal that passes bytes on as they are
  bool extra_output = false;            // a further pipe, which the child writes as descriptor 3
  base::milliseconds kill_after{5000};  // between SIGTERM and SIGKILL
  config::child_limits limits;
  std::filesystem::path guard_program;  // a program whose main calls guard_main; empty: this very program
  std::uint64_t open_files = 0;         // its soft limit of open files; 0: this program's
};

// How the command ended.
struct exit_status {
  int code = 0;
  int signal = 0;  // not 0: it was killed by that signal, and `code` says nothing
};

class child_process {
 public:
  using readable = asio::basic_readable_pipe<base::executor>;
  using writable = asio::basic_writable_pipe<base::executor>;

  // Returns before the command runs: a command that is not found is told by wait(). Errors: full (no descriptor,
  // process or memory is left for it now), io.
  static base::result<child_process> start(base::executor ex, const child_options& o);

  child_process(child_process&&) = default;
  // Kills what still runs, and waits for it: milliseconds, and at most fifty of them where the kernel does not let go.
  ~child_process();

  writable& input() noexcept { return input_; }
  // Ends with an error: end of file, or of a terminal EIO.
  readable& output() noexcept { return output_; }
  readable& errors() noexcept { return errors_; }
  readable& extra() noexcept { return extra_; }

  // SIGTERM to the whole group, SIGKILL to every descendant after kill_after. May be called by any thread, repeatedly.
  void stop() noexcept;
  // SIGKILL to every descendant.
  void kill() noexcept;

  // Completes when the command and every process it started are gone. What the command itself left running is killed
  // when it ends. Errors: not_found (no such program or directory), full (as start()), io. Call it once.
  base::awaitable<base::result<exit_status>> wait();

 private:
  using pidfd = asio::posix::basic_stream_descriptor<base::executor>;
  child_process(base::executor ex, std::string name);
  struct straggler;
  bool reap() noexcept;  // false: the guard is still there
  base::result<exit_status> outcome();

  std::string name_;
  base::descriptor control_;
  pidfd guard_;
  pid_t guard_pid_ = -1;
  writable input_;
  readable output_;
  readable errors_;
  readable extra_;
};

}  // namespace streamdemo::processor
