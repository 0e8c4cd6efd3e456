#include "gateway/tasks/input_keeper.hpp"

#include <doctest/doctest.h>

#include "unit/gateway/gateway_fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace streamdemo::gateway::testing;
using namespace std::chrono_literals;
using base::awaitable;

namespace {

// Whatever waits for the bus waits briefly.
struct quick_bus_fixture : bus_fixture {
  quick_bus_fixture() { settings.gateway.publish_timeout = base::milliseconds(200); }
};

struct fixture {
  ~fixture() { w.run(stopped()); }

  void tidy() { w.run(tidied()); }
  awaitable<bool> tidied() {
    co_await keeper.tidy();
    co_return true;
  }
  awaitable<bool> stopped() {
    co_await keeper.stop();
    co_return true;
  }
  // Older than any `accepted` may be late.
  base::sys_time long_ago() const { return w.clock.now() - 1h; }

  quick_bus_fixture w;
  gateway_fixture s{w, "gateway/own"};
  store_fixture store;
  input_keeper keeper{{.files = store,
                       .all = *s.all,
                       .follower = s.follower,
                       .bus = w.bus,
                       .settings = w.settings,
                       .loop0 = w.loops.executor(0),
                       .clock = w.clock,
                       .log = w.log}};
};

using names = std::vector<std::string>;

}  // namespace

TEST_CASE_FIXTURE(fixture, "nothing is given up before the log was read back") {
  store.files = {{"nobody", "upload-1", long_ago()}};
  tidy();
  CHECK(store.removed.empty());
  keeper.start();
  tidy();
  CHECK(store.removed == names{"nobody/upload-1"});
}

TEST_CASE_FIXTURE(fixture, "an upload stays until the log says that its task has ended, then it goes") {
  keeper.start();
  w.write(w.out.accepted("task"));
  s.wait_for("task", task::status::queued);
  store.files = {{"task", "upload-1", long_ago()}};
  tidy();
  CHECK(store.removed.empty());
  w.write(w.out.started("task", "r"));
  s.wait_for("task", task::status::running);
  tidy();
  CHECK(store.removed.empty());
  w.write(w.out.ended("task", "r"));
  s.wait_for("task", task::status::succeeded);
  tidy();
  CHECK(store.removed == names{"task/upload-1"});
}

TEST_CASE_FIXTURE(fixture, "an upload that the log does not name yet waits as long as its task may be on its way") {
  keeper.start();
  const auto margin = w.settings.processor.recovery_margin + 3 * w.settings.gateway.publish_timeout;
  store.files = {{"young", "upload-1", w.clock.now()}, {"old", "upload-2", w.clock.now() - margin - 1ms}};
  tidy();
  CHECK(store.removed == names{"old/upload-2"});
  w.clock.advance(margin + 1ms);
  tidy();
  CHECK(store.removed == names{"old/upload-2", "young/upload-1"});
}

TEST_CASE_FIXTURE(fixture, "a gateway that lags behind the log gives up nothing that it does not know") {
  keeper.start();
  store.files = {{"task", "upload-1", long_ago()}};
  w.bus.unread = 1;
  tidy();
  CHECK(store.removed.empty());
  w.bus.unread = 0;
  tidy();
  CHECK(store.removed == names{"task/upload-1"});
}
