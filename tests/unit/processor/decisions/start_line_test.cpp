#include "processor/decisions/start_line.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>

using streamdemo::processor::start_line;

namespace {

std::optional<start_line::place> take(start_line& line) {
  return line.take([](const std::string&) { return true; });
}

// A process with so many slots that starts whatever has its turn.
struct slots_and_line {
  explicit slots_and_line(std::size_t n) : free(n) {}

  void add(const std::string& owner, const std::string& task, const std::string& kind = "k") {
    line.add(owner, kind, {0, owner + "/" + kind + "/" + task});
  }
  // Starts as many as there are free slots, but none of the kind `full`.
  std::string fill(const std::string& full = "") {
    std::string began;
    for (; free > 0; --free) {
      const auto next = line.take([&](const std::string& kind) { return kind != full; });
      if (!next) break;
      line.took_slot(next->task.substr(0, next->task.find('/')));
      began += next->task + " ";
    }
    return began;
  }
  void ends(const std::string& owner) {
    line.gave_slot(owner);
    ++free;
  }

  start_line line;
  std::size_t free;
};

}  // namespace

TEST_CASE("tasks of one owner and kind begin in the order in which they came") {
  slots_and_line s(3);
  for (const auto* t : {"1", "2", "3", "4"}) s.add("a", t);
  CHECK(s.fill() == "a/k/1 a/k/2 a/k/3 ");
  CHECK(s.line.size() == 1);
  s.ends("a");
  CHECK(s.fill() == "a/k/4 ");
  CHECK(s.line.empty());
}

TEST_CASE("tasks that ran and were lost come before all that have not run, whoever's they are") {
  slots_and_line s(1);
  const auto lost = [&](const std::string& owner, const std::string& task, const std::string& kind = "k") {
    s.line.add_lost(owner, kind, {0, owner + "/" + kind + "/" + task});
  };
  for (const auto* owner : {"a", "b"}) s.add(owner, "new");
  lost("c", "1");
  lost("b", "1");
  lost("b", "2");
  lost("b", "3", "other");
  CHECK(s.line.size() == 6);
  CHECK(s.fill("other") == "b/k/1 ");
  for (const auto* next : {"c/k/1 ", "b/k/2 ", "a/k/new "}) {
    ++s.free;
    CHECK(s.fill("other") == next);
  }
  s.add("a", "late");
  ++s.free;
  CHECK(s.fill() == "b/other/3 ");
  s.line.erase_if([](const start_line::place& p) { return p.task == "b/k/new"; });
  lost("b", "4");
  s.line.erase_if([](const start_line::place& p) { return p.task == "b/k/4"; });
  ++s.free;
  CHECK(s.fill() == "a/k/late ");
  CHECK(s.line.empty());
}

TEST_CASE("an owner with thousands of tasks keeps another waiting for one slot only") {
  slots_and_line s(4);
  for (int i = 0; i < 10'000; ++i) s.add("many", std::to_string(i));
  s.fill();
  s.add("one", "x");
  CHECK(s.fill().empty());
  s.ends("many");
  CHECK(s.fill() == "one/k/x ");
  // And is not kept waiting by it: the slot comes back when the other has nothing more.
  s.ends("one");
  CHECK(s.fill() == "many/k/4 ");
}

TEST_CASE("whoever has the fewest runs here is next, so long tasks of one owner do not take every slot") {
  slots_and_line s(4);
  for (int i = 0; i < 20; ++i) {
    s.add("long", std::to_string(i));
    s.add("short", std::to_string(i));
  }
  CHECK(s.fill() == "long/k/0 short/k/0 long/k/1 short/k/1 ");
  // Those of "long" go on.
  for (int i = 2; i < 12; ++i) {
    s.ends("short");
    CHECK(s.fill() == "short/k/" + std::to_string(i) + " ");
  }
}

TEST_CASE("owners with as many runs come in turn, and kinds of one owner likewise") {
  slots_and_line s(1);
  for (const auto* t : {"1", "2"}) {
    for (const auto* o : {"a", "b", "c"}) s.add(o, t);
  }
  std::string order;
  for (int i = 0; i < 6; ++i) {
    const auto began = s.fill();
    order += began;
    s.ends(began.substr(0, 1));
  }
  CHECK(order == "a/k/1 b/k/1 c/k/1 a/k/2 b/k/2 c/k/2 ");

  for (const auto* t : {"1", "2", "3"}) s.add("a", t, "video");
  s.add("a", "4", "echo");
  CHECK(s.fill() == "a/video/1 ");
  s.ends("a");
  CHECK(s.fill() == "a/echo/4 ");
  s.ends("a");
  CHECK(s.fill() == "a/video/2 ");
}

TEST_CASE("a kind without a free slot holds back neither other kinds nor other owners") {
  slots_and_line s(3);
  s.add("a", "1", "video");
  s.add("a", "2", "echo");
  s.add("b", "3", "video");
  s.add("b", "4", "echo");
  CHECK(s.fill("video") == "a/echo/2 b/echo/4 ");
  CHECK(s.line.has("video"));
  CHECK_FALSE(s.line.has("echo"));
  CHECK(s.fill() == "a/video/1 ");
  s.ends("a");
  CHECK(s.fill() == "b/video/3 ");
  CHECK_FALSE(s.line.has("video"));
}

TEST_CASE("whoever had its turn already comes before others of its owner and kind") {
  slots_and_line s(4);
  s.add("a", "1");
  s.add("a", "2");
  s.line.add_first("a", "k", {0, "a/k/0"});
  s.line.add_first("b", "k", {0, "b/k/0"});
  CHECK(s.line.size() == 4);
  CHECK(s.fill() == "a/k/0 b/k/0 a/k/1 a/k/2 ");
}

TEST_CASE("what is no longer there has no turn") {
  slots_and_line s(0);
  s.add("a", "1");
  s.add("a", "2");
  s.line.took_slot("a");
  s.add("b", "1");
  s.line.erase_if([](const start_line::place& p) { return p.task == "a/k/1" || p.task == "b/k/1"; });
  CHECK(s.line.size() == 1);
  CHECK(take(s.line)->task == "a/k/2");
  s.add("b", "1");
  s.line.clear();
  CHECK(s.line.empty());
  CHECK_FALSE(take(s.line));
  s.line.gave_slot("a");
}

TEST_CASE("at random: all begin once, none of a full kind, and no owner waits while one with two more runs begins") {
  std::minstd_rand random(7);
  slots_and_line s(5);
  std::map<std::string, std::size_t> running;
  std::map<std::string, std::map<std::string, std::size_t>> waiting;  // by kind and owner
  std::size_t added = 0, began = 0;
  for (int step = 0; step < 20'000; ++step) {
    const std::string owner(1, static_cast<char>('a' + random() % 6));
    const std::string full(1, static_cast<char>('k' + random() % 3));  // m: none
    if (random() % 2 == 0 && added < 4'000) {
      const std::string kind = random() % 2 == 0 ? "k" : "l";
      s.add(owner, std::to_string(added++), kind);
      ++waiting[kind][owner];
    } else if (running[owner] > 0) {
      --running[owner];
      s.ends(owner);
    }
    while (s.free > 0) {
      const auto next = s.line.take([&](const std::string& kind) { return kind != full; });
      if (!next) break;
      const auto who = next->task.substr(0, 1), kind = next->task.substr(2, 1);
      CHECK(kind != full);
      for (const auto& [k, owners] : waiting) {
        if (k == full) continue;
        for (const auto& [other, n] : owners) {
          if (n > 0) CHECK(running[who] <= running[other]);
        }
      }
      s.line.took_slot(who);
      --s.free;
      --waiting[kind][who];
      ++running[who];
      ++began;
    }
    CHECK(s.line.size() == added - began);
  }
  CHECK(added == 4'000);
}
