#include "gateway/tasks/expiry_schedule.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace std::chrono_literals;

namespace {

constexpr base::sys_time t{std::chrono::hours(1)};

struct two_tasks {
  // The schedule only compares pointers.
  std::shared_ptr<int> owner = std::make_shared<int>();
  std::array<char, 2> places{};
  history_ptr a{owner, reinterpret_cast<history*>(&places[0])};
  history_ptr b{owner, reinterpret_cast<history*>(&places[1])};
};

}  // namespace

TEST_CASE("tasks are due at their time and again until they are removed") {
  two_tasks w;
  expiry_schedule s;
  s.put(w.a, t + 1s);
  s.put(w.b, t + 2s);
  CHECK(s.take(t, 10s).empty());
  CHECK(s.take(t + 1s, 10s) == std::vector{w.a});
  CHECK(s.take(t + 2s, 10s) == std::vector{w.b});
  CHECK(s.take(t + 10s, 10s).empty());
  CHECK(s.take(t + 30s, 10s) == std::vector{w.a, w.b});
  s.remove(w.a);
  s.remove(w.a);
  CHECK(s.take(t + 1h, 10s) == std::vector{w.b});
  CHECK(s.size() == 1);
}

TEST_CASE("putting a task again moves it") {
  two_tasks w;
  expiry_schedule s;
  s.put(w.a, t);
  s.put(w.a, t + 5s);
  CHECK(s.size() == 1);
  CHECK(s.take(t + 4s, 1s).empty());
  CHECK(s.take(t + 5s, 1s).size() == 1);
}
