#include "processor/handlers/text.hpp"

#include <doctest/doctest.h>

#include <streamdemo/base/json.hpp>

using namespace streamdemo;
using processor::as_utf8;
using processor::describe_exit;

TEST_CASE("what is no UTF-8 is replaced, and the rest stays") {
  CHECK(as_utf8("plain") == "plain");
  CHECK(as_utf8("gr\xc3\xbc\xc3\x9f") == "gr\xc3\xbc\xc3\x9f");
  CHECK(as_utf8("a\xff"
                "b\xc3") ==
        "a\xef\xbf\xbd"
        "b\xef\xbf\xbd");
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  CHECK(base::is_utf8(as_utf8(all)));
}

TEST_CASE("an end is told as a person would say it") {
  CHECK(describe_exit(3, 0) == "exit code 3");
  CHECK(describe_exit(0, 9) == "killed by signal 9 (Killed)");
}
