// streamdemo: reads the settings, runs the roles that they name until a signal arrives, and drains.
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <future>
#include <streamdemo/app/application.hpp>
#include <streamdemo/base/open_files.hpp>
#include <streamdemo/bus/kafka.hpp>
#include <streamdemo/processor/guard.hpp>

#include "app/command_line.hpp"
#include "app/passed_sockets.hpp"
#include "app/shown_address.hpp"
#include "app/takeover.hpp"

extern char** environ;

// jemalloc (docs/decisions/dependencies.md) reads its settings from this name. Records are allocated by the threads of
// the Kafka library and freed by ours, so few arenas: what one thread freed serves the others. What is free goes back
// to the system after a tenth of a second, by a thread of the allocator, not on a client's path.
extern "C" const char* malloc_conf;
const char* malloc_conf = "narenas:2,dirty_decay_ms:100,muzzy_decay_ms:0,background_thread:true,abort_conf:false";

namespace {

using namespace streamdemo;

base::log_level level_of(const config::settings& s) {
  const auto& name = s.instance.log_level;
  if (name == "debug") return base::log_level::debug;
  if (name == "warning") return base::log_level::warning;
  if (name == "error") return base::log_level::error;
  if (name == "off") return base::log_level::off;
  return base::log_level::info;
}

void report(const std::vector<config::problem>& problems) {
  for (const auto& p : problems) fmt::print(stderr, "{}: {}\n", p.where, p.what);
  fmt::print(stderr, "streamdemo: {} mistake{} in the settings; nothing was started.\n", problems.size(),
             problems.size() == 1 ? "" : "s");
}

// What an orderly end may take beyond the longest drain, where programs do not end when told to and brokers do not
// answer.
constexpr std::chrono::seconds beyond_a_drain{25};

int failed(const base::error& e) {
  fmt::print(stderr, "streamdemo: {}\n", e.message);
  return 1;
}

// Blocks SIGTERM and SIGINT, which main waits for with sigwait. Called before any thread starts, so that all threads
// inherit the mask.
sigset_t take_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return set;
}

// Waits for the drain, and exits at once at a second signal. One that arrives within a second counts as the first one,
// since shells and `timeout` signal both the process and its group.
void end_at_second_signal(const sigset_t& signals, const std::future<void>& drained) {
  const auto first = std::chrono::steady_clock::now();
  constexpr timespec tick{.tv_sec = 0, .tv_nsec = 20'000'000};
  while (drained.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
    const int again = sigtimedwait(&signals, nullptr, &tick);
    if (again > 0 && std::chrono::steady_clock::now() - first > std::chrono::seconds(1)) _exit(128 + again);
  }
}

// Says that the process is ready once it is, and before that where it listens and what is missing, as /readyz does.
// Returns with the first signal.
int say_ready_and_wait(const app::application& application, const config::settings& s, const sigset_t& signals) {
  const auto where = application.gateway_port() != 0
                         ? "on " + app::shown_address(s.gateway.listen, application.gateway_port())
                         : std::string("as a processor");
  const auto management =
      fmt::format("(management: {})", app::shown_address(s.management.listen, application.management_port()));
  constexpr timespec tick{.tv_sec = 0, .tv_nsec = 50'000'000};
  int signal = -1;
  for (bool first = true; signal < 0; first = false) {
    const auto missing = application.unready();
    if (!missing) break;
    if (first) {
      fmt::print("streamdemo runs {} {}, but is not ready yet: {}\n", where, management, *missing);
      std::fflush(stdout);
    }
    signal = sigtimedwait(&signals, nullptr, &tick);
  }
  if (signal > 0) return signal;
  fmt::print("streamdemo is ready {} {}\n", where, management);
  std::fflush(stdout);
  sigwait(&signals, &signal);
  return signal;
}

// The real path of this executable, so that its child processes show that path in the process list.
std::filesystem::path own_program() {
  std::error_code ec;
  auto path = std::filesystem::read_symlink("/proc/self/exe", ec);
  return ec ? std::filesystem::path("/proc/self/exe") : path;
}

std::optional<std::string> variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

int run(const config::settings& settings, std::vector<int> passed_sockets) {
  const auto signals = take_signals();
  const base::system_clock clock;
  const base::logger log("streamdemo", level_of(settings));
  const auto open_files_before = base::raise_limit_of_open_files();
  app::application application(settings, "/proc/self/exe", clock, log, open_files_before, std::move(passed_sockets),
                               tracing::options_of(variable));
  const auto told_to_stop = [] {
    sigset_t pending;
    return sigpending(&pending) == 0 && (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1);
  };
  if (const auto started = application.start(told_to_stop); !started) {
    // A signal stopped the wait for the bus, which is what the user asked for and no failure.
    if (told_to_stop()) return 0;
    fmt::print(stderr, "streamdemo: {}\n", started.error().message);
    return 1;
  }
  const int signal = say_ready_and_wait(application, settings, signals);
  log.info("{}: draining; a second signal ends the process at once", signal == SIGTERM ? "SIGTERM" : "SIGINT");
  auto drained = std::async(std::launch::async, [&] { application.stop(); });
  end_at_second_signal(signals, drained);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "__guard") return processor::guard_main(argc, argv);
  auto command = app::parse_command_line(argc, argv, environ);
  using action = app::command::action;
  switch (command.what) {
    case action::leave:
      return command.exit_code;
    case action::print_reference:
      return std::fputs(config::reference_toml().c_str(), stdout) < 0;
    case action::print_markdown:
      return std::fputs(config::reference_markdown().c_str(), stdout) < 0;
    case action::compare_transports:
      command.transports.program = own_program();
      return compare::compare_transports(command.transports);
    case action::compare_buses:
      command.buses.program = own_program();
      return compare::compare_buses(command.buses);
    case action::data:
      return app::run_data_command(command.data);
    case action::key:
    case action::check:
    case action::check_processor:
    case action::run:
      break;
  }
  std::vector<int> passed_sockets;
  // So that the rules on where it may listen hold for them.
  const auto use = [&](const std::vector<app::passed_socket>& sockets) {
    for (const auto& s : sockets) passed_sockets.push_back(s.descriptor);
    for (auto& set : app::settings_of(sockets)) command.sources.sets.push_back(std::move(set));
  };
  if (command.what == action::run) {
    const auto sockets = app::take_passed_sockets();
    if (!sockets) return failed(sockets.error());
    use(*sockets);
  }
  auto loaded = config::load(command.sources, bus::refused_property);
  if (!loaded.problems.empty()) {
    report(loaded.problems);
    return 2;
  }
  if (command.what == action::key) return app::run_key_command(command.key, loaded.settings.auth.directory);
  if (command.what == action::check) {
    fmt::print("The settings are good.\n");
    return 0;
  }
  if (command.what == action::check_processor) return app::run_check_command(command.processor, loaded.settings);
  std::optional<app::earlier_process> earlier;
  if (command.takeover != 0) {
    auto found = app::earlier_process::find(command.takeover, loaded.settings.gateway.port);
    if (!found) return failed(found.error());
    earlier.emplace(std::move(*found));
    use(earlier->sockets());
    loaded = config::load(command.sources, bus::refused_property);
    if (!loaded.problems.empty()) {
      report(loaded.problems);
      return 2;
    }
    const auto& s = loaded.settings;
    if (!earlier->end(std::max(s.gateway.drain, s.processor.drain) + beyond_a_drain)) {
      fmt::print(stderr, "streamdemo: process {} did not end in time and was killed\n", command.takeover);
    }
  }
  return run(loaded.settings, std::move(passed_sockets));
}
