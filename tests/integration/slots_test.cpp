// Short tasks beside long ones, over the whole program.
#include <doctest/doctest.h>

#include "integration/app_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::test;

namespace {

// One partition, so that all tasks wait behind each other; the default slots.
void one_partition(config::settings& s) {
  s.topics.partitions = 1;
  s.processor.concurrency = config::settings{}.processor.concurrency;
  s.processor.drain = base::milliseconds(100);
  s.inprocess.directory.clear();
  s.tasks.commands["long"].command = {"sleep", "3600"};
  s.tasks.commands["long"].kill_after = base::milliseconds(0);
}

}  // namespace

TEST_CASE("a thousand short tasks get through beside 24 long ones of another kind, in one partition") {
  app_fixture app(one_partition);
  run([&]() -> base::awaitable<void> {
    caller c(co_await asio::this_coro::executor, app.port());
    for (int i = 0; i < 24; ++i) co_await c.submit("long", "{}");
    for (int i = 0; i < 1000; ++i) {
      fields wait{{"Prefer", "wait=20"}};
      const auto r = co_await c.post("/api/simulate", R"({"results":1,"interval_ms":0})", std::move(wait));
      REQUIRE(r.status == 200);
    }
    caller m(co_await asio::this_coro::executor, app.management_port());
    const auto shows = [&](std::string line) -> base::awaitable<bool> {
      co_return (co_await m.get("/metrics")).body.find("\n" + line + "\n") != std::string::npos;
    };
    // A request is completed a moment after its client has the end of its task.
    const auto by = in_time();
    bool done = false;
    while (!done && std::chrono::steady_clock::now() < by)
      done = co_await shows("streamdemo_processor_held_requests 24");
    CHECK(done);
    CHECK(co_await shows("streamdemo_processor_runs_running 3"));
    CHECK(co_await shows("streamdemo_processor_tasks_queued 21"));
    CHECK(co_await shows("streamdemo_processor_gap 1024"));
  });
}
