// A server for the measurement: this binary as a child process, on ports that the system chooses. One thread. The child
// ends with this object, or when this process dies.
#pragma once
#include <streamdemo/base/error.hpp>

#include <sys/types.h>

#include <filesystem>
#include <memory>
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
  ~server_process();
  server_process(const server_process&) = delete;

  pid_t pid() const { return pid_; }
  std::uint16_t port() const { return port_; }  // 0: a processor
  std::string url() const;
  bool running();
  void kill();  // sends SIGKILL and waits for the end
  void stop();  // sends SIGTERM, after a while SIGKILL, and waits for the end
  // The end of what it wrote to standard error.
  std::string complaints() const;

 private:
  server_process() = default;
  base::result<void> spawn(const std::filesystem::path& program, const std::vector<std::string>& settings,
                           const std::string& config_text);
  base::result<void> wait_until_ready(int ready_pipe);
  bool reap(int options);

  std::filesystem::path directory_;
  pid_t pid_ = -1;
  std::uint16_t port_ = 0;
};

// Pure: the port in the line that a server prints when it is ready; 0 for a processor. nullopt: it is another line.
std::optional<std::uint16_t> parse_ready_line(std::string_view line);

}  // namespace streamdemo::compare
