#include "gateway/tasks/input_keeper.hpp"

#include <doctest/doctest.h>

#include "unit/gateway/station.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace streamdemo::gateway::testing;
using namespace std::chrono_literals;
using base::awaitable;

namespace {

// Only its inputs: what they are called, how old they are, and which were given up.
class inputs_only final : public artifacts::store {
 public:
  awaitable<artifacts::result<std::unique_ptr<artifacts::upload>>> create(std::string, std::string, std::uint64_t,
                                                                          std::uint64_t) override {
    throw std::logic_error("not part of this test");
  }
  awaitable<std::vector<artifacts::input>> inputs() override { co_return files; }
  awaitable<void> remove_input(std::string id, std::string name) override {
    removed.push_back(id + "/" + name);
    std::erase_if(files, [&](const auto& f) { return f.id == id && f.name == name; });
    co_return;
  }
  awaitable<artifacts::result<artifacts::file>> open(std::string, std::string) override {
    throw std::logic_error("not part of this test");
  }
  awaitable<artifacts::result<std::filesystem::path>> path_of(std::string, std::string) override {
    throw std::logic_error("not part of this test");
  }
  awaitable<artifacts::result<std::filesystem::path>> make_scratch() override {
    throw std::logic_error("not part of this test");
  }
  awaitable<void> remove_scratch(std::filesystem::path) override { throw std::logic_error("not part of this test"); }
  awaitable<artifacts::result<void>> write_scratch(std::filesystem::path, std::string) override {
    throw std::logic_error("not part of this test");
  }
  awaitable<artifacts::result<std::uint64_t>> adopt(std::filesystem::path, std::string, std::string) override {
    throw std::logic_error("not part of this test");
  }
  awaitable<void> sweep() override { throw std::logic_error("not part of this test"); }
  awaitable<artifacts::result<std::string>> read(artifacts::file, std::uint64_t, std::size_t) override {
    throw std::logic_error("not part of this test");
  }

  std::vector<artifacts::input> files;
  std::vector<std::string> removed;
};

// Whatever waits for the bus waits briefly.
struct quick_world : world {
  quick_world() { settings.gateway.publish_timeout = base::milliseconds(200); }
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

  quick_world w;
  station s{w, "gateway/own"};
  inputs_only store;
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
