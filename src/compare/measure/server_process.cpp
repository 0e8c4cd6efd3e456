#include "compare/measure/server_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <charconv>
#include <chrono>
#include <cstring>
#include <fstream>
#include <iterator>
#include <streamdemo/base/id.hpp>
#include <thread>

namespace streamdemo::compare {

namespace {

using std::chrono::steady_clock;

constexpr auto start_limit = std::chrono::seconds(60);
constexpr auto stop_limit = std::chrono::seconds(20);
constexpr std::size_t kept_complaints = 2000;

// Runs between fork and exec, so it may only call async-signal-safe functions. The caller must have one thread, because
// PR_SET_PDEATHSIG reports the death of the parent's thread.
[[noreturn]] void become(const char* program, char* const* arguments, const char* directory, int out, int err) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  // exec() keeps blocked and ignored signals, so reset them for the server.
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
  if (::dup2(out, STDOUT_FILENO) < 0 || ::dup2(err, STDERR_FILENO) < 0 || ::chdir(directory) != 0) ::_exit(127);
  ::close_range(3, ~0U, 0);
  ::execv(program, arguments);
  ::_exit(127);
}

}  // namespace

std::optional<std::uint16_t> parse_ready_line(std::string_view line) {
  if (line.starts_with("streamdemo is ready as a processor")) return 0;
  constexpr std::string_view start = "streamdemo is ready on http://localhost:";
  if (!line.starts_with(start)) return std::nullopt;
  line.remove_prefix(start.size());
  std::uint16_t port = 0;
  const auto [end, ec] = std::from_chars(line.data(), line.data() + line.size(), port);
  return ec == std::errc{} ? std::optional(port) : std::nullopt;
}

base::result<std::unique_ptr<server_process>> server_process::start(const std::filesystem::path& program,
                                                                    const std::vector<std::string>& settings,
                                                                    const std::string& config_text) {
  std::unique_ptr<server_process> made(new server_process);
  made->directory_ = std::filesystem::temp_directory_path() / ("streamdemo-lab-" + base::random_id());
  std::filesystem::create_directory(made->directory_);
  auto& words = made->words_;
  words.push_back(program.string());
  for (const auto* fixed : {"gateway.port=0", "management.port=0", "artifacts.directory=artifacts",
                            "instance.log_level=warning", "gateway.drain_ms=1000", "processor.drain_ms=1000"}) {
    words.insert(words.end(), {"--set", fixed});
  }
  for (const auto& s : settings) words.insert(words.end(), {"--set", s});
  if (!config_text.empty()) {
    std::ofstream(made->directory_ / "config.toml") << config_text;
    words.insert(words.end(), {"--config", "config.toml"});
  }
  if (auto launched = made->launch(words); !launched) return launched.error();
  if (auto ready = made->wait_until_ready(); !ready) return ready.error();
  return made;
}

base::result<void> server_process::start_again() {
  auto words = words_;
  words.insert(words.end(), {"--set", fmt::format("gateway.port={}", port_)});
  return launch(std::move(words));
}

base::result<void> server_process::launch(std::vector<std::string> words) {
  std::vector<char*> arguments;
  for (auto& w : words) arguments.push_back(w.data());
  arguments.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::error{base::errc::io, "no pipe for the server's output"};
  output_ = base::descriptor(ends[0]);
  said_.clear();
  ready_ = false;
  const base::descriptor out(ends[1]);
  const base::descriptor err(::open((directory_ / "stderr").c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  pid_ = ::fork();
  if (pid_ == 0) become(words.front().c_str(), arguments.data(), directory_.c_str(), out.get(), err.get());
  if (pid_ < 0) return base::error{base::errc::io, fmt::format("cannot start {}", words.front())};
  return {};
}

base::result<bool> server_process::ready(std::chrono::milliseconds wait) {
  if (ready_) return true;
  pollfd p{output_.get(), POLLIN, 0};
  ::poll(&p, 1, static_cast<int>(wait.count()));
  char room[512];
  if ((p.revents & POLLIN) != 0) {
    const auto n = ::read(output_.get(), room, sizeof room);
    if (n > 0) said_.append(room, static_cast<std::size_t>(n));
  }
  // It may have said before what it waits for.
  for (auto end = said_.find('\n'); end != std::string::npos; end = said_.find('\n')) {
    const auto port = parse_ready_line(std::string_view(said_).substr(0, end));
    said_.erase(0, end + 1);
    if (!port) continue;
    port_ = *port;
    ready_ = true;
    return true;
  }
  if (!running()) return base::error{base::errc::unavailable, "the server did not start: " + complaints()};
  return false;
}

base::result<void> server_process::wait_until_ready() {
  const auto end = steady_clock::now() + start_limit;
  while (steady_clock::now() < end) {
    const auto now_ready = ready(std::chrono::milliseconds(100));
    if (!now_ready) return now_ready.error();
    if (*now_ready) return {};
  }
  return base::error{base::errc::unavailable,
                     fmt::format("the server was not ready within {} s: {}", start_limit.count(), complaints())};
}

std::string server_process::disk() {
  const auto directory = std::filesystem::temp_directory_path();
  struct statfs about{};
  const bool memory = ::statfs(directory.c_str(), &about) == 0 && about.f_type == TMPFS_MAGIC;
  return directory.string() +
         (memory ? " (a tmpfs, which is memory: a sync costs nothing there; TMPDIR names another)" : " (on a disk)");
}

server_process::~server_process() {
  stop();
  std::error_code ec;
  if (!directory_.empty()) std::filesystem::remove_all(directory_, ec);
}

std::string server_process::url() const {
  return fmt::format("http://127.0.0.1:{}", port_);
}

bool server_process::reap(int options) {
  if (pid_ > 0 && ::waitpid(pid_, nullptr, options) == pid_) pid_ = -1;
  return pid_ < 0;
}

bool server_process::running() {
  return !reap(WNOHANG);
}

void server_process::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  reap(0);
}

void server_process::stop() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGTERM);
  for (const auto end = steady_clock::now() + stop_limit; steady_clock::now() < end;) {
    if (reap(WNOHANG)) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  kill();
}

std::string server_process::complaints() const {
  std::ifstream file(directory_ / "stderr", std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (text.size() > kept_complaints) text.erase(0, text.size() - kept_complaints);
  while (text.ends_with('\n')) text.pop_back();
  return text.empty() ? "it said nothing" : text;
}

}  // namespace streamdemo::compare
