#include <doctest/doctest.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <streamdemo/processor/handlers.hpp>

#include "support/fake_emitter.hpp"
#include "support/run.hpp"

using namespace streamdemo;
using base::awaitable;
using base::errc;

namespace {

processor::job job_of(std::string payload, std::stop_token stop = {}) {
  processor::job j;
  j.payload = std::move(payload);
  j.stop = stop;
  return j;
}

awaitable<void> into(awaitable<base::result<processor::outcome>> run,
                     std::optional<base::result<processor::outcome>>& to) {
  to = co_await std::move(run);
}

}  // namespace

TEST_CASE("simulate numbers its results and says how far it is after each") {
  test::run([]() -> awaitable<void> {
    const auto h = processor::make_simulate_handler();
    test::fake_emitter out(co_await asio::this_coro::executor);
    const auto r = co_await h->run(job_of(R"({"results":4,"interval_ms":0})"), out);
    CHECK(r.has_value());
    const std::vector<std::string> expected{R"({"index":0,"of":4})", R"({"index":1,"of":4})", R"({"index":2,"of":4})",
                                            R"({"index":3,"of":4})"};
    CHECK(out.payloads("result") == expected);
    CHECK(out.events.size() == 8);
    CHECK(out.events[1].fraction == 0.25);
    CHECK(out.events[7].fraction == 1);
  });
}

TEST_CASE("a resumed simulate goes on behind the results before it") {
  test::run([]() -> awaitable<void> {
    const auto h = processor::make_simulate_handler();
    CHECK(h->resumable());
    test::fake_emitter out(co_await asio::this_coro::executor);
    auto j = job_of(R"({"results":3,"interval_ms":0})");
    j.results_before = 2;
    CHECK((co_await h->run(j, out)).has_value());
    CHECK(out.payloads("result") == std::vector<std::string>{R"({"index":2,"of":3})"});
    j.results_before = 3;
    CHECK((co_await h->run(j, out)).has_value());
    CHECK(out.count("result") == 1);
  });
}

TEST_CASE("simulate fails where it is told to, and with a bad payload before anything") {
  test::run([]() -> awaitable<void> {
    const auto h = processor::make_simulate_handler();
    test::fake_emitter out(co_await asio::this_coro::executor);
    const auto r = co_await h->run(job_of(R"({"results":9,"interval_ms":0,"fail_at":2})"), out);
    CHECK(r.error().message.find("result 2") != std::string::npos);
    CHECK(out.count("result") == 2);
    const auto bad = co_await h->run(job_of(R"({"results":"x"})"), out);
    CHECK(bad.error().code == errc::invalid_argument);
    CHECK(out.count("result") == 2);
  });
}

TEST_CASE("while a simulate burns, its loop goes on with other work") {
  using namespace asio::experimental::awaitable_operators;
  test::run([]() -> awaitable<void> {
    const auto h = processor::make_simulate_handler();
    const auto ex = co_await asio::this_coro::executor;
    test::fake_emitter out(ex);
    std::optional<base::result<processor::outcome>> ended;
    int turns = 0;
    const auto other_work = [&]() -> awaitable<void> {
      for (; !ended; ++turns) co_await asio::post(ex, base::use_awaitable);
    };
    co_await (into(h->run(job_of(R"({"results":1,"interval_ms":0,"burn_ms":100})"), out), ended) && other_work());
    CHECK(ended->has_value());
    CHECK(turns > 10);
  });
}

TEST_CASE("a stopped simulate ends at once, in the middle of its interval") {
  using namespace asio::experimental::awaitable_operators;
  test::run([]() -> awaitable<void> {
    const auto h = processor::make_simulate_handler();
    test::fake_emitter out(co_await asio::this_coro::executor);
    std::stop_source stop;
    std::optional<base::result<processor::outcome>> ended;
    const auto stopper = [&]() -> awaitable<void> {
      co_await out.until(1, "progress");
      stop.request_stop();
    };
    auto both = into(h->run(job_of(R"({"interval_ms":3600000})", stop.get_token()), out), ended) && stopper();
    co_await std::move(both);
    CHECK(ended->error().code == errc::canceled);
    CHECK(out.count("result") == 1);
  });
}

TEST_CASE("simulate ends when nobody wants its results any more") {
  test::run([]() -> awaitable<void> {
    const auto h = processor::make_simulate_handler();
    test::fake_emitter out(co_await asio::this_coro::executor);
    out.refuse = [&](const test::emitted&) -> std::optional<base::error> {
      if (out.events.size() < 3) return std::nullopt;
      return base::error{errc::canceled, "stopped"};
    };
    const auto r = co_await h->run(job_of(R"({"results":1000,"interval_ms":0})"), out);
    CHECK(r.error().code == errc::canceled);
    CHECK(out.events.size() == 3);
  });
}
