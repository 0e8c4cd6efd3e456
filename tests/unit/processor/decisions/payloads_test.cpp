#include "processor/decisions/payloads.hpp"

#include <doctest/doctest.h>

#include <map>
#include <random>
#include <vector>

using streamdemo::processor::payloads;

namespace {

std::vector<std::string> let_go(payloads& p) {
  std::vector<std::string> tasks;
  while (const auto at = p.next_to_let_go()) tasks.push_back(at->task);
  return tasks;
}

std::vector<std::string> to_read(payloads& p) {
  std::vector<std::string> tasks;
  while (const auto at = p.next_to_read()) tasks.push_back(at->task);
  return tasks;
}

using names = std::vector<std::string>;

}  // namespace

TEST_CASE("what fits stays; beyond that the newest goes, and comes back in order once half is used up") {
  payloads p(100);
  std::vector<payloads::number> all;
  for (const auto* task : {"a", "b", "c", "d", "e"}) all.push_back(p.add("", "plain", {0, task}, 30));
  CHECK(p.bytes() == 150);
  CHECK(let_go(p) == names{"e", "d"});
  CHECK(p.bytes() == 90);
  CHECK(p.let_go() == 2);
  CHECK(to_read(p).empty());
  p.erase(all[0]);
  CHECK(to_read(p).empty());  // more than half is there
  p.erase(all[1]);
  CHECK(to_read(p) == names{"d", "e"});
  CHECK(p.let_go() == 0);
  CHECK(p.bytes() == 90);
  // What is being read is not let go of before it is here.
  p.add("", "plain", {0, "f"}, 20);
  CHECK(let_go(p) == names{"f"});
  p.came(all[3]);
  p.add("", "plain", {0, "g"}, 20);
  CHECK(let_go(p) == names{"g"});
  for (std::size_t i = 2; i < 5; ++i) p.erase(all[i]);
  CHECK(p.bytes() == 0);
}

TEST_CASE("once it is read again, it is read until it is full") {
  payloads p(100);
  std::vector<payloads::number> all;
  for (int i = 0; i < 20; ++i) all.push_back(p.add("", "plain", {0, std::to_string(i)}, 20));
  CHECK(let_go(p).size() == 15);
  for (std::size_t i = 0; i < 3; ++i) p.erase(all[i]);
  CHECK(to_read(p) == names{"5", "6", "7"});
  p.erase(all[3]);
  CHECK(to_read(p).empty());
}

TEST_CASE("the owner, or the kind, with most of it gives it up, and the one with the least has it back first") {
  payloads p(100);
  std::vector<payloads::number> large;
  for (const auto* task : {"a1", "a2", "a3", "a4"}) large.push_back(p.add("a", "plain", {0, task}, 30));
  p.add("b", "plain", {0, "b1"}, 20);
  const auto other = p.add("a", "other", {0, "o1"}, 20);
  CHECK(let_go(p) == names{"a4", "a3"});
  p.add("b", "plain", {0, "b2"}, 20);
  CHECK(let_go(p) == names{"a2"});
  p.add("b", "plain", {0, "b3"}, 20);
  p.add("c", "plain", {0, "c1"}, 20);
  CHECK(let_go(p) == names{"b3", "b2"});
  p.erase(large[0]);  // 60 are left
  CHECK(to_read(p).empty());
  p.add("d", "plain", {0, "d1"}, 50);
  CHECK(let_go(p) == names{"d1"});
  p.erase(other);
  CHECK(to_read(p) == names{"a2"});
}

TEST_CASE("what is larger than all there is room for is read only when its turn comes") {
  payloads p(100);
  const auto large = p.add("", "plain", {0, "large"}, 101);
  CHECK(let_go(p) == names{"large"});
  CHECK(p.bytes() == 0);
  CHECK(to_read(p).empty());
  const auto other = p.add("", "plain", {0, "other"}, 100);
  CHECK(let_go(p).empty());
  p.erase(large);
  CHECK(p.let_go() == 0);
  p.erase(other);
  CHECK(p.bytes() == 0);
}

TEST_CASE("whatever comes and goes, the sums are right, nothing is forgotten and the bound holds") {
  std::mt19937 random(4711);
  const auto up_to = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  payloads p(1000);
  struct known {
    payloads::number n;
    std::size_t bytes;
    bool here = true;
    bool coming = false;
  };
  std::map<std::string, known> all;
  for (int step = 0; step < 20'000; ++step) {
    const auto what = up_to(3);
    if (what == 0 || all.empty()) {
      const auto task = std::to_string(step);
      const auto bytes = 1 + up_to(300);
      all[task] = {p.add(std::to_string(up_to(3)), std::to_string(up_to(2)), {0, task}, bytes), bytes};
    } else {
      auto it = std::next(all.begin(), static_cast<std::ptrdiff_t>(up_to(all.size())));
      if (what == 1) {
        p.erase(it->second.n);
        all.erase(it);
      } else if (it->second.coming) {
        p.came(it->second.n);
        it->second.coming = false;
        it->second.here = true;
      }
    }
    for (const auto& task : let_go(p)) {
      CHECK(all.at(task).here);
      all.at(task).here = false;
    }
    for (const auto& task : to_read(p)) {
      CHECK_FALSE(all.at(task).here);
      CHECK_FALSE(all.at(task).coming);
      all.at(task).coming = true;
    }
    std::size_t bytes = 0;
    std::size_t gone = 0;
    for (const auto& [task, k] : all) (k.here || k.coming ? bytes : gone) += k.here || k.coming ? k.bytes : 1;
    REQUIRE(p.bytes() == bytes);
    REQUIRE(p.let_go() == gone);
    REQUIRE(bytes <= 1000);
  }
  while (!all.empty()) {
    p.erase(all.begin()->second.n);
    all.erase(all.begin());
  }
  CHECK(p.bytes() == 0);
}
