// A child process of a handler, in a process group of its own, with pipes (or a terminal) for its streams. Neither the
// child nor any process that it started, in whatever session, outlives this object or this program, however that ends.
// One executor, except stop(). Reading slowly is backpressure: the pipe fills and the child waits.
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
  std::vector<std::string> command;                              // the first one is searched in PATH
  std::vector<std::pair<std::string, std::string>> environment;  // added to this program's, without its settings
  std::string working_directory;                                 // empty: that of this program
  bool input = false;                                            // a pipe to standard input; otherwise /dev/null
  bool terminal = false;                // standard output is a pseudo-terminal that passes bytes on unchanged
  bool extra_output = false;            // another pipe, to which the child writes as descriptor 3
  base::milliseconds kill_after{5000};  // between SIGTERM and SIGKILL
  config::child_limits limits;
  std::filesystem::path guard_program;  // an executable whose main calls guard_main; empty: this executable
  std::uint64_t open_files = 0;         // its soft limit of open files; 0: that of this program
};

// How the command ended.
struct exit_status {
  int code = 0;
  int signal = 0;  // not 0: it was killed by this signal, and `code` has no meaning
};

class child_process {
 public:
  using readable = asio::basic_readable_pipe<base::executor>;
  using writable = asio::basic_writable_pipe<base::executor>;

  // Returns before the command runs, so it is wait() that reports a command that does not exist. Errors: full (no
  // descriptor, process or memory is left now), io.
  static base::result<child_process> start(base::executor ex, const child_options& o);

  child_process(child_process&&) = default;
  // Kills what still runs and waits for its end. That takes a few milliseconds; it waits for at most fifty.
  ~child_process();

  writable& input() noexcept { return input_; }
  // Reads fail at the end with end of file; for a terminal with EIO.
  readable& output() noexcept { return output_; }
  readable& errors() noexcept { return errors_; }
  readable& extra() noexcept { return extra_; }

  // Sends SIGTERM to the whole group, and SIGKILL to every descendant after kill_after. Any thread; idempotent.
  void stop() noexcept;
  // Sends SIGKILL to every descendant.
  void kill() noexcept;

  // Completes when the command and every process that it started have ended. Processes that the command leaves running
  // are killed when it ends. Errors: not_found (no such program or directory), full (as start()), io. Call it once.
  base::awaitable<base::result<exit_status>> wait();

 private:
  using pidfd = asio::posix::basic_stream_descriptor<base::executor>;
  child_process(base::executor ex, std::string name);
  struct straggler;
  bool reap() noexcept;  // false: the guard still runs
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
