#include "tracing/span_queue.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace streamdemo;
using namespace streamdemo::tracing;

namespace {

span_ptr named(std::string name) {
  auto s = std::make_unique<span>();
  s->name = std::move(name);
  return s;
}

base::steady_time at_once() {
  return std::chrono::steady_clock::now();
}

base::steady_time in_time() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(30);
}

}  // namespace

TEST_CASE("no more than its bound is kept, and the oldest are given first") {
  span_queue q(3, 2);
  CHECK(q.put(named("1")));
  CHECK(q.put(named("2")));
  CHECK(q.put(named("3")));
  CHECK(q.is_full());
  CHECK(!q.put(named("4")));
  const auto first = q.take(in_time());
  REQUIRE(first.size() == 2);
  CHECK(first[0]->name == "1");
  CHECK(q.size() == 1);
  CHECK(!q.is_full());
  const auto second = q.take(at_once());
  REQUIRE(second.size() == 1);
  CHECK(second[0]->name == "3");
  CHECK(q.take(at_once()).empty());
}

TEST_CASE("who waits is woken by a whole batch") {
  span_queue q(10, 2);
  std::vector<span_ptr> got;
  std::thread taker([&] { got = q.take(in_time()); });
  q.put(named("1"));
  q.put(named("2"));
  taker.join();
  CHECK(got.size() == 2);
}

TEST_CASE("closing wakes everybody; what is queued can still be taken") {
  span_queue q(10, 5);
  q.put(named("1"));
  std::thread waiter([&] { CHECK(q.wait_for_close(in_time())); });
  q.close();
  waiter.join();
  CHECK(q.is_closed());
  CHECK(!q.put(named("2")));
  CHECK(q.take(in_time()).size() == 1);
  CHECK(q.take(in_time()).empty());
}
