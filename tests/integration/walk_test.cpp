// One cursor: whoever changes the transport in mid-task gets the same history as everybody else.
#include <doctest/doctest.h>

#include <random>
#include <set>

#include "integration/stream_reader.hpp"

using namespace streamdemo;
using namespace streamdemo::test;

namespace {

constexpr int walks = 1000;
constexpr int walkers = 16;
constexpr int results = 12;

base::awaitable<std::vector<std::string>> walk(std::uint16_t port, std::string id, std::mt19937& random) {
  const auto ex = co_await asio::this_coro::executor;
  std::vector<std::string> got;
  const auto over = [&] { return !got.empty() && got.back().starts_with("{\"type\":\"ended\""); };
  while (!over()) {
    const auto t = static_cast<transport>(random() % 5);
    stream_reader reader(ex, port, t, id, static_cast<std::int64_t>(got.size()));
    for (auto left = 1 + random() % 5; left > 0 && !over(); --left) {
      auto e = co_await reader.next();
      if (!e) break;
      got.push_back(std::move(*e));
    }
  }
  co_return got;
}

// The results carry each index once, in order.
void check_indices(const std::vector<std::string>& events) {
  int next = 0;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto e = parse(events[i]).as_object();
    REQUIRE(e.at("seq").as_int64() == static_cast<std::int64_t>(i + 1));
    if (e.at("type").as_string() == "result") REQUIRE(e.at("data").as_object().at("index").as_int64() == next++);
  }
  REQUIRE(next == results);
}

base::awaitable<void> walk_often(std::uint16_t port, unsigned seed, int& done) {
  std::mt19937 random(seed);
  caller c(co_await asio::this_coro::executor, port);
  for (int i = 0; i < walks / walkers + 1 && done < walks; ++i) {
    const auto interval = std::to_string(random() % 3);
    const auto id =
        co_await c.submit("simulate", "{\"results\":" + std::to_string(results) + ",\"interval_ms\":" + interval + "}");
    const auto got = co_await walk(port, id, random);
    const auto expected = co_await c.all_events(id);
    REQUIRE(got == expected);
    check_indices(got);
    ++done;
  }
}

}  // namespace

TEST_CASE("a thousand clients that switch transport at random have the poll's history, byte for byte") {
  app_fixture app;
  const unsigned seed = std::random_device{}();
  INFO("seed ", seed);
  asio::io_context io;
  int done = 0;
  std::exception_ptr failed;
  for (int i = 0; i < walkers; ++i) {
    asio::co_spawn(io, walk_often(app.port(), seed + static_cast<unsigned>(i), done), [&](std::exception_ptr why) {
      if (!why) return;
      failed = why;
      io.stop();
    });
  }
  io.run_for(std::chrono::seconds(240));
  if (failed) std::rethrow_exception(failed);
  CHECK(done >= walks);
}
