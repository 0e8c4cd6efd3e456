#include "compare/report/table.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::compare;

TEST_CASE("columns are as wide as their widest text, counted in characters") {
  table t({"what", "µs"});
  t.add({"a long name", "1"});
  t.add({"b", "1 000"});
  CHECK(t.text() ==
        "  what             µs\n"
        "  -----------   -----\n"
        "  a long name       1\n"
        "  b             1 000\n");
}

TEST_CASE("numbers have the digits that count") {
  CHECK(number(0.1234) == "0.123");
  CHECK(number(1.234) == "1.23");
  CHECK(number(12.34) == "12.3");
  CHECK(number(123.4) == "123");
  CHECK(number(1234567) == "1 234 567");
  CHECK(number(-1234) == "-1 234");
  CHECK(number(0) == "0.000");
  CHECK(count(0) == "0");
  CHECK(count(45) == "45");
  CHECK(count(1234567) == "1 234 567");
}
