#include "tracing/span_queue.hpp"

#include <doctest/doctest.h>

#include <thread>

using namespace streamdemo;
using namespace streamdemo::tracing;

namespace {

base::steady_time at_once() {
  return std::chrono::steady_clock::now();
}

base::steady_time in_time() {
  return std::chrono::steady_clock::now() + std::chrono::seconds(30);
}

}  // namespace

TEST_CASE("no more than its bound is kept, and the oldest are given first") {
  span_queue q(3, 2);
  CHECK(q.put("1"));
  CHECK(q.put("2"));
  CHECK(q.put("3"));
  CHECK(q.is_full());
  CHECK(!q.put("4"));
  const auto first = q.take(in_time());
  CHECK(first.spans == 2);
  CHECK(first.encoded == "12");
  CHECK(q.size() == 1);
  CHECK(!q.is_full());
  const auto second = q.take(at_once());
  CHECK(second.spans == 1);
  CHECK(second.encoded == "3");
  CHECK(q.take(at_once()).spans == 0);
}

TEST_CASE("what came after a batch was full is in the next one, whose memory may be that of one that was sent") {
  span_queue q(10, 2);
  for (const auto* s : {"1", "2", "3"}) CHECK(q.put(s));
  auto sent = q.take(in_time());
  CHECK(sent.encoded == "12");
  sent.encoded.reserve(1000);
  sent = q.take(at_once(), std::move(sent));
  CHECK(sent.encoded == "3");
  CHECK(q.put("4"));
  const auto last = q.take(at_once(), std::move(sent));
  CHECK(last.encoded == "4");
  CHECK(last.encoded.capacity() >= 1000);
}

TEST_CASE("who waits is woken by a whole batch") {
  span_queue q(10, 2);
  span_batch got;
  std::thread taker([&] { got = q.take(in_time()); });
  q.put("1");
  q.put("2");
  taker.join();
  CHECK(got.encoded == "12");
}

TEST_CASE("closing wakes everybody; what is queued can still be taken") {
  span_queue q(10, 5);
  q.put("1");
  std::thread waiter([&] { CHECK(q.wait_for_close(in_time())); });
  q.close();
  waiter.join();
  CHECK(q.is_closed());
  CHECK(!q.put("2"));
  CHECK(q.take(in_time()).spans == 1);
  CHECK(q.take(in_time()).spans == 0);
}
