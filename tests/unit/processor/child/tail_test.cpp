#include "processor/child/tail.hpp"

#include <doctest/doctest.h>

using streamdemo::processor::tail;

TEST_CASE("the last line that says something is kept, however much came before") {
  tail t;
  CHECK(t.last_line() == "");
  t.add("one\ntwo");
  t.add(" more\n\n \r\n");
  CHECK(t.last_line() == "two more");
  for (int i = 0; i < 10000; ++i) t.add("some noise on a line\n");
  t.add("the end");
  CHECK(t.last_line() == "the end");
  CHECK(t.text().size() <= 8192);
}
