#include "gateway/tasks/waiting_tasks.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using namespace streamdemo::gateway;
using namespace std::chrono_literals;

namespace {

constexpr base::sys_time t{std::chrono::hours(1)};

struct seen {
  std::size_t tasks;
  base::milliseconds oldest;
  bool operator==(const seen&) const = default;
};

seen of(const waiting_tasks& w, std::string_view kind, base::sys_time now) {
  for (const auto& l : w.lines(now)) {
    if (l.kind == kind) return {l.tasks, l.oldest};
  }
  FAIL("there is no such line");
  return {};
}

}  // namespace

TEST_CASE("the oldest task that waits gives the age of its kind, until it is run") {
  waiting_tasks w({"simulate", "wordcount"});
  CHECK(of(w, "simulate", t) == seen{0, 0ms});
  w.waits("b", "simulate", t + 2s);
  w.waits("a", "simulate", t);
  w.waits("c", "wordcount", t + 1s);
  CHECK(of(w, "simulate", t + 3s) == seen{2, 3000ms});
  CHECK(of(w, "wordcount", t + 3s) == seen{1, 2000ms});
  w.waits_no_more("a");
  CHECK(of(w, "simulate", t + 3s) == seen{1, 1000ms});
  w.waits_no_more("a");
  w.waits_no_more("b");
  CHECK(of(w, "simulate", t + 3s) == seen{0, 0ms});
  CHECK(of(w, "wordcount", t + 3s) == seen{1, 2000ms});
}

TEST_CASE("a task that waits again counts once, from then on") {
  waiting_tasks w({"simulate"});
  w.waits("a", "simulate", t);
  w.waits("a", "simulate", t + 5s);
  CHECK(of(w, "simulate", t + 6s) == seen{1, 1000ms});
  w.waits_no_more("a");
  CHECK(of(w, "simulate", t + 6s) == seen{0, 0ms});
}

TEST_CASE("kinds that are not known share one line, and a time ahead is no age") {
  waiting_tasks w({"simulate"});
  w.waits("a", "x", t);
  w.waits("b", "y", t + 10s);
  CHECK(w.lines(t).size() == 2);
  CHECK(of(w, waiting_tasks::other, t + 1s) == seen{2, 1000ms});
  w.waits_no_more("a");
  CHECK(of(w, waiting_tasks::other, t + 1s) == seen{1, 0ms});
}
