#include <doctest/doctest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <streamdemo/base/notifier.hpp>

#include <memory>
#include <vector>

using namespace streamdemo;
using namespace std::chrono_literals;

namespace {

enum class end { none, notified, late, canceled };

base::awaitable<void> waits(base::notifier& e, std::chrono::steady_clock::time_point until, end& how) {
  try {
    how = co_await e.wait_until(until) ? end::notified : end::late;
  } catch (const boost::system::system_error& why) {
    CHECK(why.code() == asio::error::operation_aborted);
    how = end::canceled;
  }
}

// Waiters on one notifier, each of which can be canceled.
struct scene {
  std::size_t wait(std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max()) {
    auto& w = *all.emplace_back(std::make_unique<waiter>());
    asio::co_spawn(context, waits(*what, until, w.how),
                   asio::bind_cancellation_slot(w.signal.slot(), [](std::exception_ptr why) { CHECK_FALSE(why); }));
    context.poll();
    return all.size() - 1;
  }
  void turn() {
    context.restart();
    context.poll();
  }
  end of(std::size_t i) const { return all[i]->how; }

  struct waiter {
    asio::cancellation_signal signal;
    end how = end::none;
  };
  asio::io_context context;
  std::unique_ptr<base::notifier> what = std::make_unique<base::notifier>(context.get_executor());
  std::vector<std::unique_ptr<waiter>> all;
};

}  // namespace

TEST_CASE("a notification wakes all that wait at that moment, with and without a deadline, and nobody later") {
  scene s;
  s.wait();
  s.wait(std::chrono::steady_clock::now() + 1h);
  s.what->notify_all();
  s.wait();
  s.turn();
  CHECK(s.of(0) == end::notified);
  CHECK(s.of(1) == end::notified);
  CHECK(s.of(2) == end::none);
  s.what->notify_all();
  s.turn();
  CHECK(s.of(2) == end::notified);
}

TEST_CASE("who is late or canceled leaves the others alone, whichever of them it is") {
  for (std::size_t leaves = 0; leaves < 3; ++leaves) {
    for (const bool canceled : {false, true}) {
      scene s;
      for (std::size_t i = 0; i < 3; ++i) {
        const bool late = i == leaves && !canceled;
        s.wait(late ? std::chrono::steady_clock::now() : std::chrono::steady_clock::now() + 1h);
      }
      if (canceled) s.all[leaves]->signal.emit(asio::cancellation_type::terminal);
      s.turn();
      s.what->notify_all();
      s.turn();
      for (std::size_t i = 0; i < 3; ++i) {
        CHECK(s.of(i) == (i != leaves ? end::notified : canceled ? end::canceled : end::late));
      }
    }
  }
}

TEST_CASE("a notifier that goes wakes those that wait") {
  scene s;
  s.wait();
  s.wait(std::chrono::steady_clock::now() + 1h);
  s.what.reset();
  s.turn();
  CHECK(s.of(0) == end::notified);
  CHECK(s.of(1) == end::notified);
}
