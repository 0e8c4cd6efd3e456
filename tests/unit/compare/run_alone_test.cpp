// The loop on which the lab's clients live: everything on it is joined, and a signal is never lost.
#include <doctest/doctest.h>

#include <csignal>
#include <streamdemo/base/notifier.hpp>

#include "compare/client/crowd.hpp"

using namespace streamdemo;
using namespace streamdemo::compare;

namespace {

base::awaitable<void> note_end(bool& ended) {
  struct at_end {
    bool& flag;
    ~at_end() { flag = true; }
  } const end{ended};
  co_await base::sleep_for(std::chrono::hours(1));
}

base::awaitable<void> count_up(int& n) {
  ++n;
  co_return;
}

base::awaitable<void> fail() {
  throw std::runtime_error("a client's bug");
  co_return;
}

// Takes its time to end once it was canceled, and has a signal come meanwhile.
base::awaitable<void> end_slowly() {
  try {
    co_await base::sleep_for(std::chrono::hours(1));
  } catch (const boost::system::system_error&) {
    ::raise(SIGTERM);
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await base::sleep_for(std::chrono::milliseconds(20));
}

}  // namespace

TEST_CASE("what runs beside the body is canceled and joined when the body has ended") {
  bool ended = false;
  const auto body = [&](lone_loop& loop) -> base::awaitable<void> {
    loop.owner.spawn([&] { return note_end(ended); });
    co_await base::sleep_for(std::chrono::milliseconds(1));
  };
  CHECK(run_alone(body).has_value());
  CHECK(ended);
}

TEST_CASE("all_of ends when the last has ended") {
  int n = 0;
  const auto body = [&](lone_loop& loop) -> base::awaitable<void> {
    std::vector<std::function<base::awaitable<void>()>> bodies(100, [&] { return count_up(n); });
    co_await loop.all_of(std::move(bodies));
    CHECK(n == 100);
  };
  CHECK(run_alone(body).has_value());
  CHECK(n == 100);
}

TEST_CASE("a bug of one of many comes out") {
  const auto body = [](lone_loop& loop) -> base::awaitable<void> {
    std::vector<std::function<base::awaitable<void>()>> bodies(3, [] { return fail(); });
    co_await loop.all_of(std::move(bodies));
  };
  CHECK_THROWS_WITH((void)run_alone(body), "a client's bug");
}

TEST_CASE("a signal ends everything, and is told") {
  bool ended = false;
  bool went_on = false;
  const auto body = [&](lone_loop& loop) -> base::awaitable<void> {
    loop.owner.spawn([&] { return note_end(ended); });
    ::raise(SIGINT);
    co_await base::sleep_for(std::chrono::hours(1));
    went_on = true;
  };
  const auto ran = run_alone(body);
  REQUIRE_FALSE(ran.has_value());
  CHECK(ran.error().code == base::errc::canceled);
  CHECK(ended);
  CHECK_FALSE(went_on);
}

TEST_CASE("a signal that comes while the rest is joined is told, too") {
  const auto body = [](lone_loop& loop) -> base::awaitable<void> {
    loop.owner.spawn([] { return end_slowly(); });
    co_await base::sleep_for(std::chrono::milliseconds(1));
  };
  const auto ran = run_alone(body);
  REQUIRE_FALSE(ran.has_value());
  CHECK(ran.error().code == base::errc::canceled);
}
