#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/base/offload.hpp>
#include <streamdemo/base/task_group.hpp>

using namespace streamdemo;
using namespace std::chrono_literals;

namespace {

struct group_fixture {
  asio::io_context loop{1};
  base::logger log{"test", base::log_level::off};
  base::task_group group{loop.get_executor(), log, "group"};

  void join() {
    asio::co_spawn(loop, group.join(), asio::detached);
    loop.restart();
    loop.run();
  }
};

base::awaitable<void> wait_forever(base::notifier& e, bool& canceled) {
  try {
    for (;;) co_await e.wait();
  } catch (const boost::system::system_error&) {
    canceled = true;
  }
}

}  // namespace

TEST_CASE("cancel ends every coroutine of a group and join waits for them") {
  group_fixture w;
  base::notifier e(w.loop.get_executor());
  bool one = false, two = false;
  w.group.spawn([&] { return wait_forever(e, one); });
  w.group.spawn([&] { return wait_forever(e, two); });
  w.loop.poll();
  CHECK(w.group.size() == 2);
  w.group.cancel();
  w.join();
  CHECK(one);
  CHECK(two);
  w.group.spawn([&] { return wait_forever(e, one); });
  CHECK(w.group.size() == 0);
}

TEST_CASE("an exception in one coroutine leaves the others alone") {
  group_fixture w;
  base::notifier e(w.loop.get_executor());
  bool canceled = false;
  w.group.spawn([&] { return wait_forever(e, canceled); });
  w.group.spawn([&]() -> base::awaitable<void> {
    throw std::runtime_error("on purpose");
    co_return;
  });
  w.loop.poll();
  CHECK(w.group.size() == 1);
  w.group.cancel();
  w.join();
}

TEST_CASE("a notifier wakes who waits now, with and without a deadline") {
  group_fixture w;
  base::notifier e(w.loop.get_executor());
  int woken = 0;
  bool in_time = false, late = true;
  w.group.spawn([&]() -> base::awaitable<void> {
    co_await e.wait();
    ++woken;
  });
  w.group.spawn([&]() -> base::awaitable<void> {
    in_time = co_await e.wait_until(std::chrono::steady_clock::now() + 10s);
    ++woken;
  });
  w.loop.poll();
  e.notify_all();
  w.join();
  CHECK(woken == 2);
  CHECK(in_time);
  w.group.spawn(
      [&]() -> base::awaitable<void> { late = co_await e.wait_until(std::chrono::steady_clock::now() + 1ms); });
  w.join();
  CHECK_FALSE(late);
}

TEST_CASE("a blocking call runs on the pool and its value comes back to the loop") {
  group_fixture w;
  base::blocking_pool pool(1);
  std::thread::id there, back;
  w.group.spawn([&]() -> base::awaitable<void> {
    there = co_await pool.run([] { return std::this_thread::get_id(); });
    back = std::this_thread::get_id();
  });
  w.join();
  CHECK(there != std::this_thread::get_id());
  CHECK(back == std::this_thread::get_id());
}
