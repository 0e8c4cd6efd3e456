#include "processor/decisions/end_questions.hpp"

#include <doctest/doctest.h>

using streamdemo::processor::end_questions;

namespace {

std::vector<std::string> tasks_of(const std::optional<std::vector<end_questions::question>>& answered) {
  std::vector<std::string> out;
  for (const auto& q : answered.value()) out.push_back(q.task);
  return out;
}

}  // namespace

TEST_CASE("an answer is for all that came before the bus was asked, and for nobody who came later") {
  end_questions q;
  CHECK_FALSE(q.is_asking());
  q.add(1, "a");
  q.add(2, "b");
  q.ask(3);
  CHECK(q.is_asking());
  CHECK_FALSE(q.has_unasked());
  q.add(4, "later");
  CHECK(q.has_unasked());
  CHECK(tasks_of(q.answer(3)) == std::vector<std::string>{"a", "b"});
  CHECK_FALSE(q.is_asking());
  q.ask(5);
  CHECK(tasks_of(q.answer(5)) == std::vector<std::string>{"later"});
}

TEST_CASE("the answer to another question than the present one answers nothing") {
  end_questions q;
  CHECK_FALSE(q.answer(7));
  q.add(1, "a");
  q.ask(2);
  CHECK_FALSE(q.answer(1));
  CHECK(q.is_asking());
  CHECK(q.answer(2));
  CHECK_FALSE(q.answer(2));
}

TEST_CASE("an answer that is under way when everything begins anew answers no question") {
  end_questions q;
  q.add(1, "a");
  q.ask(2);
  q.hold(10, "held");
  q.clear();
  CHECK(q.is_asking());
  CHECK(tasks_of(q.answer(2)).empty());
  CHECK_FALSE(q.reached(10));
}

TEST_CASE("tasks are held back until their end is reached, in order") {
  end_questions q;
  q.hold(5, "a");
  q.hold(5, "b");
  q.hold(7, "c");
  CHECK_FALSE(q.reached(4));
  CHECK(q.reached(5) == "a");
  CHECK(q.reached(6) == "b");
  CHECK_FALSE(q.reached(6));
  CHECK(q.reached(7) == "c");
  CHECK_FALSE(q.reached(100));
}
