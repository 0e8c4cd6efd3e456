#include <doctest/doctest.h>

#include <streamdemo/base/byte_budget.hpp>
#include <thread>

using namespace streamdemo::base;

namespace {

struct budget {
  explicit budget(std::uint64_t max, std::uint64_t free_each = 0)
      : of(max, free_each, numbers.gauge("used", ""), numbers.counter("refused", "")) {}
  metrics numbers;
  byte_budget of;
};

}  // namespace

TEST_CASE("shares together never pass the limit, and give back what they held") {
  budget b(100);
  byte_budget::share one(&b.of);
  {
    byte_budget::share two(&b.of);
    CHECK(one.hold(60));
    CHECK_FALSE(two.hold(41));
    CHECK(two.hold(40));
    // What is refused changes nothing.
    CHECK_FALSE(two.hold(41));
    CHECK(b.of.used() == 100);
    byte_budget::share moved(std::move(two));
    CHECK(b.of.used() == 100);
    CHECK(moved.hold(10));
    CHECK(b.of.used() == 70);
  }
  CHECK(b.of.used() == 60);
  one.release();
  CHECK(b.of.used() == 0);
  CHECK(b.numbers.expose().find("\nrefused 2\n") != std::string::npos);
}

TEST_CASE("a little is free for each, and without a budget everything is") {
  budget b(100, 10);
  std::vector<byte_budget::share> many;
  for (int i = 0; i < 50; ++i) {
    many.emplace_back(&b.of);
    CHECK(many.back().hold(10));
  }
  CHECK(b.of.used() == 0);
  CHECK(many[0].hold(90));
  CHECK_FALSE(many[1].hold(11));
  CHECK(many[0].hold(5));
  CHECK(b.of.used() == 0);
  CHECK(byte_budget::share().hold(UINT64_MAX));
}

TEST_CASE("threads that take and give back leave nothing behind") {
  budget b(1000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      byte_budget::share s(&b.of);
      for (std::uint64_t i = 0; i < 20000; ++i) s.hold(i * 7919 % 600);
    });
  }
  for (auto& t : threads) t.join();
  CHECK(b.of.used() == 0);
}
