// A server for the measurement: this binary as a child process, on ports that the system chooses. One thread. The child
// ends with this object, or when this process dies.
#pragma once
#include <streamdemo/base/descriptor.hpp>
#include <streamdemo/base/error.hpp>

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace streamdemo::compare {

class server_process {
 public:
  // Blocks until the child is ready, at most a minute. `settings`: as for --set; `config_text`: as in a file. The child
  // works in a directory of its own, which is removed with this object. Errors: unavailable, with what the child wrote;
  // io.
  static base::result<std::unique_ptr<server_process>> start(const std::filesystem::path& program,
                                                             const std::vector<std::string>& settings,
                                                             const std::string& config_text = {});
  // Where these directories are, and on what: "/tmp (a disk)".
  static std::string disk();
  ~server_process();
  server_process(const server_process&) = delete;

  pid_t pid() const { return pid_; }
  std::uint16_t port() const { return port_; }  // 0: a processor
  std::string url() const;
  bool running();
  void kill();  // sends SIGKILL and waits for the end
  void stop();  // sends SIGTERM, after a while SIGKILL, and waits for the end
  // Starts it again once it has ended: in the same directory, with the same settings, on the same port. Does not wait
  // for it. Error: io.
  base::result<void> start_again();
  // Whether it has said that it is ready, for which it waits at most so long. Error: unavailable (it has ended).
  base::result<bool> ready(std::chrono::milliseconds wait);
  // Blocks, at most a minute. Error: unavailable.
  base::result<void> wait_until_ready();
  // The end of what it wrote to standard error.
  std::string complaints() const;

 private:
  server_process() = default;
  base::result<void> launch(std::vector<std::string> words);
  bool reap(int options);

  std::filesystem::path directory_;
  std::vector<std::string> words_;  // the program and its arguments
  base::descriptor output_;         // its standard output
  std::string said_;                // on it, until it was ready
  bool ready_ = false;
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

// Pure: the port in the line that a server prints when it is ready; 0 for a processor. nullopt: it is another line.
std::optional<std::uint16_t> parse_ready_line(std::string_view line);

}  // namespace streamdemo::compare
