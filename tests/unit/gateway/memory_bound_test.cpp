#include "gateway/history/memory_bound.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::gateway;

namespace {

using kept_ptr = std::shared_ptr<kept_history>;

// Histories under one bound, fed as the fold feeds them.
struct bounded {
  explicit bounded(std::size_t max_bytes) : bound(max_bytes) {}

  kept_ptr open(const std::string& id) {
    task_view first;
    first.request_id = id;
    auto h = std::make_shared<kept_history>(std::move(first), nullptr);
    bound.opened(*h);
    return h;
  }

  void add(const kept_ptr& h, std::size_t payload, task::message_type type = task::message_type::result) {
    const auto before = h->bytes();
    task::task_state now;
    now.attempt = 1;
    if (type == task::message_type::ended) now.end = task::status::succeeded;
    h->append(task::make_event({.type = type,
                                .request_id = h->peek().request_id,
                                .seq = h->peek().last_seq + 1,
                                .attempt = 1,
                                .time = {},
                                .log_time = {},
                                .source = "processor/x",
                                .resumed = std::nullopt,
                                .content_type = "text/plain",
                                .payload = std::string(payload, 'x')}),
              now, {});
    bound.added(h, before);
  }

  memory_bound bound;
};

}  // namespace

TEST_CASE("what the bound counts is what its histories hold, and their places in the order") {
  bounded b(1 << 20);
  const auto one = b.open("one"), two = b.open("two");
  CHECK(b.bound.bytes() == one->bytes() + two->bytes());
  b.add(one, 1000);
  const auto with_one = b.bound.bytes();
  CHECK(with_one > one->bytes() + two->bytes());
  b.add(one, 1000);  // a neighbour shares its place
  b.bound.removed(*one);
  CHECK(one->bytes() == 0);
  CHECK(one->read(0, 10, 10000).kept_from == 3);
  CHECK(b.bound.bytes() < with_one);
  b.bound.removed(*one);  // once more changes nothing
  b.bound.removed(*two);
  b.bound.tidy();
  CHECK(b.bound.bytes() == 0);
}

TEST_CASE("over the bound the oldest events of all go first") {
  bounded b(200'000);
  std::vector<kept_ptr> all;
  for (int i = 0; i < 20; ++i) {
    all.push_back(b.open(std::to_string(i)));
    b.add(all.back(), 10'000);
    b.add(all.back(), 10);
    b.bound.enforce();
    CHECK(b.bound.bytes() <= 200'000);
  }
  CHECK(all.front()->peek().first_kept > 1);
  CHECK(all.back()->peek().first_kept == 1);
  for (std::size_t i = 1; i < all.size(); ++i) {
    CHECK(all[i]->peek().first_kept <= all[i - 1]->peek().first_kept);
  }
}

TEST_CASE("a flood gives up its own events, and its last one only when that alone is too large") {
  bounded b(200'000);
  const auto quiet = b.open("quiet"), flood = b.open("flood");
  b.add(quiet, 100);
  for (int i = 0; i < 200; ++i) {
    b.add(flood, 5'000);
    b.bound.enforce();
  }
  CHECK(quiet->peek().first_kept == 1);
  CHECK(flood->peek().first_kept > 100);
  CHECK(flood->events() > 1);
  b.add(flood, 196'000);
  b.bound.enforce();
  CHECK(flood->events() == 1);
  CHECK(quiet->events() == 1);
  b.add(flood, 250'000);
  b.bound.enforce();
  CHECK(flood->events() == 0);
  CHECK(b.bound.bytes() <= 200'000);
}

TEST_CASE("what is over and has lost its last event is handed out once, and counts no more") {
  bounded b(50'000);
  const auto over = b.open("over"), open = b.open("open");
  b.add(open, 10);
  b.add(over, 10);
  b.add(over, 10, task::message_type::ended);
  for (int i = 0; i < 10; ++i) b.add(b.open("more " + std::to_string(i)), 5'000);
  b.bound.enforce();
  const auto emptied = b.bound.take_emptied();
  REQUIRE(emptied.size() == 1);
  CHECK(emptied[0] == over);
  CHECK(over->bytes() == 0);
  CHECK(b.bound.take_emptied().empty());
}

TEST_CASE("what is set apart takes room from the events, at most half of the bound") {
  bounded b(100'000);
  std::vector<kept_ptr> all;
  for (int i = 0; i < 8; ++i) {
    all.push_back(b.open(std::to_string(i)));
    b.add(all.back(), 8'000);
  }
  CHECK(b.bound.enforce() == 0);
  b.bound.set_apart(90'000);
  CHECK(b.bound.enforce() > 0);
  CHECK(b.bound.bytes() - 90'000 <= 50'000);
  CHECK(b.bound.bytes() - 90'000 > 25'000);
  CHECK(b.bound.essential(3) == 90'000 + 3 * kept_history::bytes_without_events());
}
