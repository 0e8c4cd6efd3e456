#include <doctest/doctest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdlib>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <streamdemo/processor/handlers.hpp>

#include "support/fake_emitter.hpp"
#include "support/run.hpp"

using namespace streamdemo;
using namespace boost::asio::experimental::awaitable_operators;
using base::awaitable;
using base::errc;

namespace {

std::unique_ptr<processor::handler> made(std::vector<std::string> line,
                                         std::function<void(config::command_task&)> change = {}) {
  processor::command_options o;
  o.kind = "test";
  o.task.command = std::move(line);
  o.task.kill_after = std::chrono::milliseconds(100);
  if (change) change(o.task);
  return processor::make_command_handler(o);
}

std::unique_ptr<processor::handler> command(std::string name, std::function<void(config::command_task&)> change = {}) {
  return made({std::move(name)}, std::move(change));
}

std::unique_ptr<processor::handler> script(std::string text, std::function<void(config::command_task&)> change = {}) {
  return made({"sh", "-c", std::move(text)}, std::move(change));
}

processor::job job_of(std::string payload, std::stop_token stop = {}) {
  processor::job j;
  j.request_id = "the-task";
  j.kind = "test";
  j.payload = std::move(payload);
  j.stop = stop;
  return j;
}

using outcome = base::result<processor::outcome>;

awaitable<void> into(awaitable<outcome> run, std::optional<outcome>& to) {
  to = co_await std::move(run);
}

bool says(const base::error& e, std::string_view text) {
  return e.message.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("the input goes in and each line comes out as a result: JSON as it is, other text as a string") {
  test::run([]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    const auto h = script(R"(cat; printf '{"a":1}\n12\nnot json\r\n"x"\n\nlast "quoted" one')");
    const auto r = co_await h->run(job_of("from stdin\n"), out);
    CHECK(r.has_value());
    const std::vector<std::string> expected{
        R"("from stdin")", R"({"a":1})", "12", R"("not json")", R"("x")", R"("")", R"("last \"quoted\" one")"};
    CHECK(out.payloads("result") == expected);
    CHECK(out.events[0].content_type == "application/json");
  });
}

TEST_CASE("a line that is no UTF-8 comes as bytes") {
  test::run([]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    CHECK((co_await script(R"(printf 'a\377b\n')")->run(job_of(""), out)).has_value());
    CHECK(out.payloads("result") == std::vector<std::string>{"a\xff"
                                                             "b"});
    CHECK(out.events[0].content_type == "application/octet-stream");
  });
}

TEST_CASE("standard error becomes log events, and the exit code with its last line the reason") {
  test::run([]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    const auto r = co_await script("echo one >&2; echo '{}'; echo two >&2; exit 3")->run(job_of(""), out);
    CHECK(r.error().message == "exit code 3: two");
    CHECK(out.payloads("log") == std::vector<std::string>{"one", "two"});
    CHECK(out.count("result") == 1);
    const auto killed = co_await script("kill -9 $$")->run(job_of(""), out);
    CHECK(says(killed.error(), "killed by signal 9"));
  });
}

TEST_CASE("megabytes of input and output at the same time do not lock up") {
  test::run([]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    std::string input;
    for (int i = 0; i < 40000; ++i) input += std::string(100, 'a' + i % 26) + "\n";
    CHECK((co_await command("cat")->run(job_of(input), out)).has_value());
    CHECK(out.count("result") == 40000);
    CHECK(out.most_at_once == 1);
  });
}

TEST_CASE("a command that does not read its input may end well") {
  test::run([]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    CHECK((co_await command("true")->run(job_of(std::string(1 << 20, 'x')), out)).has_value());
    const auto r = co_await script("exec 0<&-; sleep 0.1; echo late")->run(job_of(std::string(1 << 20, 'x')), out);
    CHECK(r.has_value());
    CHECK(out.count("result") == 1);
  });
}

TEST_CASE("a line or an output over its limit fails the task with the name of the limit") {
  test::run([]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    const auto narrow = [](config::command_task& t) { t.max_line_bytes = 100; };
    const auto line = co_await script("echo first; head -c 101 /dev/zero; sleep 100", narrow)->run(job_of(""), out);
    CHECK(line.error().code == errc::too_large);
    CHECK(says(line.error(), "max_line_bytes"));
    CHECK(out.count("result") == 1);

    const auto small = [](config::command_task& t) { t.max_output_bytes = 100000; };
    const auto total = co_await command("yes", small)->run(job_of(""), out);
    CHECK(total.error().code == errc::too_large);
    CHECK(says(total.error(), "max_output_bytes"));
    const auto errors = co_await script("yes >&2", small)->run(job_of(""), out);
    CHECK(says(errors.error(), "max_output_bytes"));
  });
}

TEST_CASE("a flood is held back by whoever takes the results slowly") {
  test::run([]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    out.allow(5);
    std::stop_source stop;
    std::optional<outcome> ended;
    // Tells on its other stream, without end, how far it could write: with nobody reading, only as far as a pipe holds.
    const auto h = script("yes 123456789 | head -c 10000000; echo unreachable");
    const auto watcher = [&]() -> awaitable<void> {
      co_await out.until(5, "result");
      for (int i = 0; i < 100; ++i) co_await asio::post(co_await asio::this_coro::executor, base::use_awaitable);
      CHECK(out.events.size() == 5);
      CHECK_FALSE(ended.has_value());
      out.allow(20);
      co_await out.until(20, "result");
      stop.request_stop();
      out.refuse = [](const test::emitted&) -> std::optional<base::error> {
        return base::error{errc::canceled, "stopped"};
      };
      out.allow(1000);
    };
    auto both = into(h->run(job_of("", stop.get_token()), out), ended) && watcher();
    co_await std::move(both);
    CHECK(ended->error().code == errc::canceled);
    CHECK(out.events.size() <= 21);
  });
}

TEST_CASE("a stopped command ends with SIGTERM, and one that ignores it with SIGKILL") {
  for (const char* text : {"echo $$; exec sleep 1000", "trap '' TERM; echo $$; while :; do sleep 1; done"}) {
    CAPTURE(text);
    test::run([&]() -> awaitable<void> {
      test::fake_emitter out(co_await asio::this_coro::executor);
      std::stop_source stop;
      std::optional<outcome> ended;
      const auto h = script(text);
      const auto stopper = [&]() -> awaitable<void> {
        co_await out.until(1, "result");
        stop.request_stop();
      };
      auto both = into(h->run(job_of("", stop.get_token()), out), ended) && stopper();
      co_await std::move(both);
      CHECK(ended->error().code == errc::canceled);
      CHECK(::kill(std::stoi(out.payloads("result")[0]), 0) != 0);
    });
  }
}

namespace {

// The results that came while the command still ran; then it is stopped. It must print `results` lines and go on.
std::vector<std::string> live(processor::handler& h, std::size_t results) {
  std::vector<std::string> seen;
  test::run([&]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    std::stop_source stop;
    std::optional<outcome> ended;
    const auto watcher = [&]() -> awaitable<void> {
      co_await out.until(results, "result");
      seen = out.payloads("result");
      stop.request_stop();
    };
    auto both = into(h.run(job_of("", stop.get_token()), out), ended) && watcher();
    co_await std::move(both);
  });
  return seen;
}

void on_a_terminal(config::command_task& t) {
  t.terminal = true;
}

}  // namespace

TEST_CASE("what Python prints comes at once, unless somebody decided otherwise") {
  ::unsetenv("PYTHONUNBUFFERED");
  const std::vector<std::string> python{"python3", "-c", "import time\nprint(1)\nprint(2)\ntime.sleep(1000)"};
  CHECK(live(*made(python), 2) == std::vector<std::string>{"1", "2"});
  const auto told = [](const char* value) {
    std::vector<std::string> said;
    test::run([&]() -> awaitable<void> {
      test::fake_emitter out(co_await asio::this_coro::executor);
      CHECK((co_await script("echo $PYTHONUNBUFFERED")->run(job_of(""), out)).has_value());
      said = out.payloads("result");
    });
    CHECK(said == std::vector<std::string>{value});
  };
  told("1");
  ::setenv("PYTHONUNBUFFERED", "", 1);
  told(R"("")");
  ::unsetenv("PYTHONUNBUFFERED");
}

TEST_CASE("on a terminal a program that holds back what goes into a pipe prints each line at once") {
  const auto h = script("(echo x; sleep 1000) | exec tr x y", on_a_terminal);
  CHECK(live(*h, 1) == std::vector<std::string>{R"("y")"});
}

TEST_CASE("a terminal changes no byte, echoes nothing, has a size, and leaves input and errors as they are") {
  test::run([]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    const auto h = script(
        "test -t 1 && echo on; stty size <&1; echo $TERM; cat; printf 'a\\tb\\n'; echo oops >&2; test -t 0 || test -t "
        "2 || echo "
        "others",
        on_a_terminal);
    const auto r = co_await h->run(job_of("from stdin\n"), out);
    CHECK(r.has_value());
    const std::vector<std::string> expected{R"("on")",         R"("50 200")", R"("dumb")",
                                            R"("from stdin")", R"("a\tb")",   R"("others")"};
    CHECK(out.payloads("result") == expected);
    CHECK(out.payloads("log") == std::vector<std::string>{"oops"});
  });
}

TEST_CASE("the end of a terminal is an end: everything printed before it came, and the exit code counts") {
  test::run([]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    CHECK((co_await script("exec seq 100000", on_a_terminal)->run(job_of(""), out)).has_value());
    CHECK(out.count("result") == 100000);
    CHECK(out.payloads("result").back() == "100000");
    const auto r = co_await script("printf 'no newline'; exit 4", on_a_terminal)->run(job_of(""), out);
    CHECK(r.error().message == "exit code 4");
    CHECK(out.payloads("result").back() == R"("no newline")");
  });
}

TEST_CASE("a command that is not installed is named") {
  test::run([]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    const auto r = co_await command("no-such-command")->run(job_of("input"), out);
    CHECK(r.error().code == errc::not_found);
    CHECK(says(r.error(), "no-such-command"));
  });
}

TEST_CASE("a command knows its task, and how many results a run before it gave") {
  test::run([]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    auto j = job_of("");
    j.results_before = 4;
    const auto h = script("echo $TASK_REQUEST_ID $TASK_KIND $TASK_RESULTS_BEFORE",
                          [](config::command_task& t) { t.resumable = true; });
    CHECK(h->resumable());
    CHECK((co_await h->run(j, out)).has_value());
    CHECK(out.payloads("result") == std::vector<std::string>{R"("the-task test 4")"});
  });
}

TEST_CASE("a command can go on with its task's trace") {
  test::run([]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    auto j = job_of("");
    j.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const auto h = script("echo $TRACEPARENT");
    CHECK((co_await h->run(j, out)).has_value());
    CHECK(out.payloads("result") == std::vector<std::string>{'"' + j.traceparent + '"'});
    test::fake_emitter without(co_await asio::this_coro::executor);
    j.traceparent = "nonsense";
    CHECK((co_await h->run(j, without)).has_value());
    CHECK(without.payloads("result") == std::vector<std::string>{"\"\""});
  });
}

TEST_CASE("a command is held to the limits of its kind, and its end says which") {
  test::run([]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    const auto limited = [](config::command_task& t) { t.limits = {.max_cpu_seconds = 1, .max_open_files = 20}; };
    const auto files = co_await script("ulimit -n", limited)->run(job_of(""), out);
    CHECK(files.has_value());
    CHECK(out.payloads("result") == std::vector<std::string>{"20"});
    const auto busy = co_await script("while :; do :; done", limited)->run(job_of(""), out);
    REQUIRE(busy.has_error());
    CHECK(says(busy.error(), "CPU time limit exceeded"));
  });
}

TEST_CASE("find_program looks where the shell would") {
  CHECK(processor::find_program("sh").value().ends_with("/sh"));
  CHECK(processor::find_program("/bin/sh") == "/bin/sh");
  CHECK_FALSE(processor::find_program("no-such-command"));
  CHECK_FALSE(processor::find_program("/bin"));
  CHECK_FALSE(processor::find_program(""));
}
