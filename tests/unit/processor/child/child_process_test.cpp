#include "processor/child/child_process.hpp"

#include <dirent.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/write.hpp>
#include <fstream>
#include <streamdemo/base/notifier.hpp>

#include "processor/child/capture.hpp"
#include "processor/child/descendants.hpp"
#include "support/run.hpp"
#include "support/temporary_directory.hpp"

using namespace streamdemo;
using base::awaitable;
using base::errc;
using processor::capture;
using processor::child_options;
using processor::child_process;

namespace {

child_options shell(std::string script) {
  child_options o;
  o.command = {"sh", "-c", std::move(script)};
  return o;
}

// Reads until `text` was printed.
awaitable<std::string> read_until(child_process::readable& from, char end) {
  std::string got;
  char c = 0;
  boost::system::error_code ec;
  while (got.empty() || got.back() != end) {
    const auto n = co_await from.async_read_some(asio::buffer(&c, 1), asio::redirect_error(base::use_awaitable, ec));
    if (ec || n == 0) break;
    got += c;
  }
  co_return got;
}

// As /proc tells it: R(unning), S(leeping), Z(ombie) …; 0: there is no such process.
char state_of(pid_t pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(stat, line)) return 0;
  const auto name_end = line.rfind(')');
  return name_end != std::string::npos && name_end + 2 < line.size() ? line[name_end + 2] : char(0);
}

// A zombie counts as gone: it only waits for the init of its container to notice.
bool alive(pid_t pid) {
  const char state = state_of(pid);
  return state != 0 && state != 'Z';
}

// Waits, bounded, until no process of these is left; a killed one needs a moment until init has taken it.
bool all_gone(const std::vector<pid_t>& pids, std::chrono::milliseconds at_most) {
  const auto until = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    if (std::none_of(pids.begin(), pids.end(), alive)) return true;
    if (std::chrono::steady_clock::now() > until) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

std::vector<pid_t> pids_in(const std::string& text) {
  std::vector<pid_t> found;
  std::istringstream in(text);
  for (pid_t p = 0; in >> p;) found.push_back(p);
  return found;
}

// Prints the pids of a child, a grandchild, and one that has left group and session, then waits for ever.
constexpr auto family =
    "trap '' TERM; sleep 1000 & a=$!; (sleep 1001 & echo $! $a $$; wait) & "
    "setsid sh -c '(setsid sh -c \"echo \\$\\$ >&3; exec sleep 1002\" 3>&1 &) ; exec sleep 1003' & wait";

awaitable<std::vector<pid_t>> read_family(child_process& child) {
  const auto first = co_await read_until(child.output(), '\n');
  const auto second = co_await read_until(child.output(), '\n');
  co_return pids_in(first + " " + second);
}

}  // namespace

TEST_CASE("a child's output, errors and exit code arrive") {
  test::run([]() -> awaitable<void> {
    const auto got = co_await capture(shell("echo out; echo err >&2; exit 3"), 100, {});
    CHECK(got.has_value());
    CHECK(got->output == "out\n");
    CHECK(got->errors.last_line() == "err");
    CHECK(got->status.code == 3);
    CHECK(got->status.signal == 0);
  });
}

TEST_CASE("the guard sleeps while the command works") {
  for (const bool extra : {false, true}) {
    CAPTURE(extra);
    test::run([&]() -> awaitable<void> {
      auto o = shell("echo $PPID; exec sleep 1000");
      o.extra_output = extra;
      auto child = child_process::start(co_await asio::this_coro::executor, o);
      REQUIRE(child.has_value());
      const auto guard = static_cast<pid_t>(std::stoi(co_await read_until(child->output(), '\n')));
      const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
      while (state_of(guard) != 'S' && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
      CHECK(state_of(guard) == 'S');
      child->kill();
      const auto ended = co_await child->wait();
      CHECK(ended->signal == SIGKILL);
    });
  }
}

TEST_CASE("a signal that ends the child is told") {
  test::run([]() -> awaitable<void> {
    const auto got = co_await capture(shell("kill -SEGV $$"), 100, {});
    CHECK(got->status.signal == SIGSEGV);
  });
}

// Two descriptors become ready together; while the first is served, the second is closed and a child takes its place.
// Asio then delivers the event of the closed one to the child's own wait.
TEST_CASE("a wait that is woken for nothing waits on, and the child ends as it ends") {
  test::run([]() -> awaitable<void> {
    using descriptor = asio::posix::basic_stream_descriptor<base::executor>;
    const auto ex = co_await asio::this_coro::executor;
    int first[2], second[2];
    REQUIRE(::pipe2(first, O_CLOEXEC) == 0);
    REQUIRE(::pipe2(second, O_CLOEXEC) == 0);
    descriptor served(ex, first[0]), closed(ex, second[0]);
    for (const int end : {first[1], second[1]}) {
      REQUIRE(::write(end, "x", 1) == 1);
      ::close(end);
    }
    co_await served.async_wait(descriptor::wait_read, base::use_awaitable);
    closed.close();
    auto child = child_process::start(ex, shell("sleep 0.3; exit 7"));
    REQUIRE(child.has_value());
    const auto ended = co_await child->wait();
    REQUIRE_MESSAGE(ended.has_value(), ended.error().message);
    CHECK(ended->code == 7);
    CHECK(::waitpid(-1, nullptr, WNOHANG) == -1);  // no zombie either
  });
}

TEST_CASE("a program or a directory that is not there is an error that names it") {
  test::run([]() -> awaitable<void> {
    child_options o;
    o.command = {"no-such-program-here"};
    const auto none = co_await capture(o, 100, {});
    CHECK(none.error().code == errc::not_found);
    CHECK(none.error().message.find("no-such-program-here") != std::string::npos);
    o = shell("true");
    o.working_directory = "/no/such/directory";
    const auto nowhere = co_await capture(o, 100, {});
    CHECK(nowhere.error().code == errc::not_found);
    CHECK(nowhere.error().message.find("working directory") != std::string::npos);
  });
}

TEST_CASE("the child has its own streams, directory, variables and group, default signals, and no other descriptor") {
  // Not close-on-exec, as the descriptors of Asio are.
  const int leak = ::open("/dev/null", O_RDONLY);
  test::temporary_directory where;
  test::run([&]() -> awaitable<void> {
    auto o = shell(
        "pwd; echo $GREETING; ls /proc/self/fd | tr '\\n' ' '; grep -E '^Sig(Blk|Ign)' /proc/self/status; "
        "ps -o pgid= -p $$ | tr -d ' '; echo $$");
    o.working_directory = where.path();
    o.environment = {{"GREETING", "hello"}};
    const auto got = co_await capture(o, 1000, {});
    std::istringstream in(got->output);
    std::string line;
    std::getline(in, line);
    CHECK(line == where.path());
    std::getline(in, line);
    CHECK(line == "hello");
    std::getline(in, line, 'S');
    CHECK(line == "0 1 2 3 ");  // 3 is ls itself, reading the directory
    CAPTURE(got->output);
    CHECK(got->output.find("igBlk:\t0000000000000000") != std::string::npos);
    const auto ignored = got->output.find("SigIgn:\t");
    REQUIRE(ignored != std::string::npos);
    // The C library keeps signals 32 and 33 for itself, and a sanitizer may set one of them back.
    constexpr auto of_the_library = 0x180000000ull;
    CHECK((std::stoull(got->output.substr(ignored + 8, 16), nullptr, 16) & ~of_the_library) == 0);
    const auto last = got->output.substr(got->output.rfind('\n', got->output.size() - 2) + 1);
    CHECK(got->output.find("\n" + last + last) != std::string::npos);
  });
  ::close(leak);
}

TEST_CASE("the settings of this program, its brokers' password among them, are not the child's, nor its guard's") {
  ::setenv("STREAMDEMO_KAFKA_PROPERTIES_SASL_PASSWORD", "top-secret", 1);
  ::setenv("STREAMDEMONSTRATION", "somebody else's", 1);
  ::setenv("OTEL_EXPORTER_OTLP_HEADERS", "authorization=top-secret", 1);
  ::setenv("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "authorization=top-secret", 1);
  ::setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318", 1);
  test::run([]() -> awaitable<void> {
    auto o = shell("env; tr '\\0' '\\n' < /proc/$PPID/environ");
    o.environment = {{"STREAMDEMO_PLACE", "of the product itself"}};
    const auto got = co_await capture(o, 100000, {});
    REQUIRE(got.has_value());
    CHECK(got->output.find("top-secret") == std::string::npos);
    CHECK(got->output.find("SASL_PASSWORD") == std::string::npos);
    CHECK(got->output.find("STREAMDEMO_PLACE=of the product itself\n") != std::string::npos);
    CHECK(got->output.find("STREAMDEMONSTRATION=somebody else's\n") != std::string::npos);
    CHECK(got->output.find("OTEL_EXPORTER_OTLP_ENDPOINT=http://collector:4318\n") != std::string::npos);
  });
  for (const auto* name :
       {"OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_ENDPOINT"}) {
    ::unsetenv(name);
  }
  ::unsetenv("STREAMDEMO_KAFKA_PROPERTIES_SASL_PASSWORD");
  ::unsetenv("STREAMDEMONSTRATION");
}

TEST_CASE("the child is held to its limits, and leaves no core file") {
  const auto limit_of = [](const std::string& all, const std::string& what) {
    const auto line = all.find(what);
    REQUIRE(line != std::string::npos);
    std::istringstream in(all.substr(line + what.size()));
    std::pair<std::string, std::string> soft_and_hard;
    in >> soft_and_hard.first >> soft_and_hard.second;
    return soft_and_hard;
  };
  using both = std::pair<std::string, std::string>;
  test::run([&]() -> awaitable<void> {
    auto o = shell("cat /proc/self/limits");
    const auto as_before = co_await capture(o, 10000, {});
    o.limits = {.max_memory_bytes = 4ull << 30,
                .max_cpu_seconds = 7,
                .max_file_bytes = 4096,
                .max_open_files = 64,
                .max_processes = 100};
    const auto got = co_await capture(o, 10000, {});
    REQUIRE(got.has_value());
    CHECK(limit_of(got->output, "Max address space") == both{"4294967296", "4294967296"});
    CHECK(limit_of(got->output, "Max cpu time") == both{"7", "12"});
    CHECK(limit_of(got->output, "Max file size") == both{"4096", "4096"});
    CHECK(limit_of(got->output, "Max open files") == both{"64", "64"});
    CHECK(limit_of(got->output, "Max processes") == both{"100", "100"});
    for (const auto& of : {as_before->output, got->output}) CHECK(limit_of(of, "Max core file size") == both{"0", "0"});
    CHECK(limit_of(as_before->output, "Max address space").second == "unlimited");
    // More than this program may have itself is not given, and is no failure.
    o.limits = {.max_open_files = 1ull << 40};
    const auto most = co_await capture(o, 10000, {});
    REQUIRE(most.has_value());
    CHECK(limit_of(most->output, "Max open files").second == limit_of(as_before->output, "Max open files").second);
  });
}

TEST_CASE("input goes in, and a further output comes out on descriptor 3") {
  test::run([]() -> awaitable<void> {
    auto o = shell("cat >&3; echo done");
    o.input = true;
    o.extra_output = true;
    auto child = child_process::start(co_await asio::this_coro::executor, o);
    const std::string text = "through\n";
    co_await asio::async_write(child->input(), asio::buffer(text), base::use_awaitable);
    child->input().close();
    CHECK((co_await read_until(child->extra(), '\n')) == "through\n");
    CHECK((co_await read_until(child->output(), '\n')) == "done\n");
    CHECK((co_await child->wait())->code == 0);
  });
}

TEST_CASE("stop asks with SIGTERM first, and the child may end in order") {
  test::run([]() -> awaitable<void> {
    auto child = child_process::start(co_await asio::this_coro::executor,
                                      shell("trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done"));
    CHECK((co_await read_until(child->output(), '\n')) == "ready\n");
    child->stop();
    child->stop();
    CHECK((co_await read_until(child->output(), '\n')) == "bye\n");
    CHECK((co_await child->wait())->code == 7);
  });
}

TEST_CASE("a family that ignores SIGTERM is killed to the last member, in whatever session it hides") {
  test::run([]() -> awaitable<void> {
    auto o = shell(family);
    o.kill_after = std::chrono::milliseconds(50);
    auto child = child_process::start(co_await asio::this_coro::executor, o);
    const auto pids = co_await read_family(*child);
    CHECK(pids.size() == 4);
    CHECK(std::all_of(pids.begin(), pids.end(), alive));
    child->stop();
    CHECK((co_await child->wait())->signal == SIGKILL);
    CHECK(std::none_of(pids.begin(), pids.end(), alive));
  });
}

TEST_CASE("what a command leaves running when it ends is killed") {
  test::run([]() -> awaitable<void> {
    const auto got = co_await capture(shell("setsid sleep 1000 & echo $!; exit 0"), 100, {});
    CHECK(got->status.code == 0);
    const auto pids = pids_in(got->output);
    CHECK(pids.size() == 1);
    CHECK_FALSE(alive(pids[0]));
  });
}

TEST_CASE("a child process whose owner lets go of it is killed") {
  test::run([]() -> awaitable<void> {
    std::vector<pid_t> pids;
    {
      auto child = child_process::start(co_await asio::this_coro::executor, shell(family));
      pids = co_await read_family(*child);
      CHECK(pids.size() == 4);
    }
    CHECK(std::none_of(pids.begin(), pids.end(), alive));
  });
}

TEST_CASE("a guard that does not end when its owner lets go of it is taken when it does") {
  pid_t guard = 0;
  test::run([&]() -> awaitable<void> {
    auto made = child_process::start(co_await asio::this_coro::executor, shell("echo $PPID; exec sleep 1000"));
    REQUIRE(made.has_value());
    std::optional<child_process> child(std::move(*made));
    guard = static_cast<pid_t>(std::stoi(co_await read_until(child->output(), '\n')));
    ::kill(guard, SIGSTOP);
    const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
    while (state_of(guard) != 'T' && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
    child.reset();
    CHECK(state_of(guard) == 'T');
    ::kill(guard, SIGCONT);
  });
  // The loop above ran until there was nothing left to wait for.
  CHECK(state_of(guard) == 0);
}

TEST_CASE("output without end is cut off at its limit") {
  test::run([]() -> awaitable<void> {
    const auto got = co_await capture(shell("yes"), 10000, {});
    CHECK(got.error().code == errc::too_large);
  });
}

TEST_CASE("kill -9 of the owner leaves no child, no grandchild and no one who left the session") {
  int report[2];
  REQUIRE(::pipe(report) == 0);
  const pid_t owner = ::fork();
  if (owner == 0) {
    test::run([&]() -> awaitable<void> {
      auto child = child_process::start(co_await asio::this_coro::executor, shell(family));
      const auto pids = co_await read_family(*child);
      std::string text = std::to_string(::getpid());
      for (const auto p : processor::descendants_of(::getpid())) text += " " + std::to_string(p);
      for (const auto p : pids) text += " " + std::to_string(p);
      text += "\n";
      [[maybe_unused]] const auto n = ::write(report[1], text.data(), text.size());
      co_await base::sleep_for(std::chrono::seconds(60));
    });
    ::_exit(0);
  }
  ::close(report[1]);
  std::string text;
  for (char c = 0; text.empty() || text.back() != '\n'; text += c) REQUIRE(::read(report[0], &c, 1) == 1);
  ::close(report[0]);
  auto pids = pids_in(text);
  // One more may have been seen on its way out.
  CHECK(std::count_if(pids.begin(), pids.end(), alive) >= 9);
  ::kill(owner, SIGKILL);
  ::waitpid(owner, nullptr, 0);
  CHECK(all_gone(pids, std::chrono::seconds(1)));
}

namespace {

// No more than `count` descriptors can be opened while it lives.
class few_descriptors {
 public:
  explicit few_descriptors(int count) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::dup(0);
    ::close(next);
    rlimit low = before_;
    low.rlim_cur = static_cast<rlim_t>(next + count);
    ::setrlimit(RLIMIT_NOFILE, &low);
  }
  ~few_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  few_descriptors(const few_descriptors&) = delete;

 private:
  rlimit before_{};
};

}  // namespace

TEST_CASE(
    "without a descriptor for each of its pipes a child is not started, and the error says that later it may be") {
  test::run([]() -> awaitable<void> {
    const auto ex = co_await asio::this_coro::executor;
    // The low numbers are never free in a whole program, either.
    std::vector<base::descriptor> taken;
    while (taken.empty() || taken.back().get() < 32) taken.emplace_back(::dup(0));
    for (const bool terminal : {false, true}) {
      auto o = shell("true");
      o.terminal = terminal;
      o.extra_output = true;
      int refused = 0;
      for (int count = 0; count < 40; ++count) {
        auto child = [&] {
          const few_descriptors now(count);
          return child_process::start(ex, o);
        }();
        if (child) {
          CHECK((co_await child->wait()).has_value());
          continue;
        }
        ++refused;
        CHECK_MESSAGE(child.error().code == errc::full, child.error().message);
      }
      CHECK(refused >= 6);
      CHECK(refused < 40);
    }
  });
}

TEST_CASE("a child has the limit of open files that it is given") {
  test::run([]() -> awaitable<void> {
    auto o = shell("ulimit -Sn");
    o.open_files = 123;
    const auto got = co_await capture(o, 100, {});
    REQUIRE(got.has_value());
    CHECK(got->output == "123\n");
  });
}
