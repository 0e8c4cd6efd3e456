#include "gateway/api/body/events_body.hpp"

#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>

#include "gateway/api/body/results_answer.hpp"
#include "unit/gateway/log_records.hpp"

using namespace streamdemo;
using namespace streamdemo::gateway;
using streamdemo::gateway::testing::hand_clock;
using streamdemo::gateway::testing::log_writer;
using task::message_type;

namespace {

struct ended_tasks {
  void apply(std::vector<base::record_ptr> records) { all->apply(records); }

  // All pieces of a body, as a connection asks for them.
  std::vector<std::string> pieces_of(http::body_source& body) {
    std::vector<std::string> pieces;
    asio::co_spawn(context, take(body, pieces), [](std::exception_ptr why) { CHECK_FALSE(why); });
    context.run();
    context.restart();
    return pieces;
  }
  base::awaitable<void> take(http::body_source& body, std::vector<std::string>& pieces) {
    for (std::uint64_t got = 0; got < body.size(); got += pieces.back().size()) {
      auto piece = co_await body.next(1 << 20);
      REQUIRE(piece.has_value());
      REQUIRE_FALSE(piece->empty());
      pieces.push_back(std::move(*piece));
    }
  }

  asio::io_context context;
  base::logger log{"test", base::log_level::off};
  base::metrics metrics;
  hand_clock clock;
  base::io_threads loops{1, "test"};
  log_writer out{4};
  std::unique_ptr<histories> all = make_histories(
      {.max_bytes = 1 << 26, .keep_for = std::chrono::minutes(10), .partitions = 4}, loops, clock, metrics, log);
};

std::string text_of(const http::response& r) {
  return std::get<std::string>(r.body);
}

http::body_source& source_of(const http::response& r) {
  return *std::get<std::unique_ptr<http::body_source>>(r.body);
}

}  // namespace

TEST_CASE_FIXTURE(ended_tasks, "HEAD has the size of what GET gives, makes nothing, and counts as no delivery") {
  apply({out.accepted("none"), out.canceled("none")});
  apply({out.accepted("one"), out.started("one", "r1"), out.result("one", "r1", "1"), out.ended("one", "r1")});
  apply({out.accepted("anew"), out.started("anew", "s1"), out.result("anew", "s1", "1"), out.result("anew", "s1", "2"),
         out.started("anew", "s2", "s1"), out.of_run(message_type::log, "anew", "s2", "\"x\""),
         out.result("anew", "s2", "3"), out.result("anew", "s2", "4"), out.ended("anew", "s2")});
  for (const auto* id : {"none", "one", "anew"}) {
    CAPTURE(id);
    const auto h = all->find(id);
    const auto head = results_answer(clock, h, http::verb::head);
    CHECK(h->times().first_written == base::sys_time{});
    const auto get = results_answer(clock, h, http::verb::get);
    CHECK(h->times().first_written == clock.now());
    CHECK(source_of(head).size() == text_of(get).size());
  }
}

TEST_CASE_FIXTURE(ended_tasks, "a large body comes in small pieces, and its events count as delivered piece by piece") {
  apply({out.accepted("a"), out.started("a", "r")});
  constexpr int many = 10'000;
  for (int i = 0; i < many; ++i) apply({out.result("a", "r", std::to_string(i))});
  apply({out.ended("a", "r")});
  const auto h = all->find("a");
  const auto answer = results_answer(clock, h, http::verb::get);
  auto& body = source_of(answer);
  CHECK(h->times().first_written == base::sys_time{});
  const auto pieces = pieces_of(body);
  std::string whole;
  for (const auto& p : pieces) {
    CHECK(p.size() < 40'000);
    whole += p;
  }
  CHECK(whole.size() == body.size());
  CHECK(pieces.size() >= whole.size() / 40'000);
  CHECK(whole.starts_with("{\"request_id\":\"a\""));
  CHECK(whole.ends_with("}\n"));
  const auto last = h->times(many, 10);
  REQUIRE(last.size() == 3);
  for (const auto& e : last) CHECK(e.last_written == clock.now());
}

TEST_CASE_FIXTURE(ended_tasks, "where results are rare, a piece of them takes several turns") {
  apply({out.accepted("a"), out.started("a", "r"), out.result("a", "r", "1")});
  for (int i = 0; i < 20'000; ++i) apply({out.of_run(message_type::log, "a", "r", "\"line\"")});
  apply({out.result("a", "r", "2"), out.ended("a", "r")});
  const auto answer = results_answer(clock, all->find("a"), http::verb::get);
  auto& body = source_of(answer);
  std::vector<std::string> pieces;
  asio::co_spawn(context, take(body, pieces), [](std::exception_ptr why) { CHECK_FALSE(why); });
  CHECK(context.run() > 10);
  std::string whole;
  for (const auto& p : pieces) whole += p;
  CHECK(whole.size() == body.size());
  CHECK(whole.find("\"ended\":") != std::string::npos);
}

TEST_CASE_FIXTURE(ended_tasks, "what is given back comes again, wherever the piece was cut") {
  apply({out.accepted("a"), out.started("a", "r")});
  for (int i = 0; i < 40; ++i)
    apply({out.result("a", "r", '"' + std::string(static_cast<std::size_t>(i) * 40, 'x') + '"')});
  apply({out.ended("a", "r")});
  const auto h = all->find("a");
  const auto whole = (*events_body::of_results(h, clock))->all();
  REQUIRE(whole.has_value());
  for (const std::size_t max : {1, 7, 100, 1000, 1 << 20}) {
    auto body = *events_body::of_results(h, clock);
    std::string got;
    auto read = [&]() -> base::awaitable<void> {
      for (std::size_t i = 0; got.size() < body->size(); ++i) {
        const auto piece = co_await body->next(max);
        REQUIRE(piece.has_value());
        REQUIRE_FALSE(piece->empty());
        CHECK(piece->size() <= max);
        const auto taken = i % 5 == 0 ? 0 : (i * 7919) % (piece->size() + 1);
        got += piece->substr(0, taken);
        if (taken < piece->size()) body->back(piece->size() - taken);
      }
    };
    asio::co_spawn(context, read(), [](std::exception_ptr why) { CHECK_FALSE(why); });
    context.run();
    context.restart();
    CHECK(got == *whole);
  }
}
