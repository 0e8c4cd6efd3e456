#include "compare/measure/process_probe.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

using namespace streamdemo::compare;

TEST_CASE("the kernel's lines are read, and others are not taken for zero") {
  CHECK(parse_schedstat("12345 67 8\n") == 12345);
  CHECK_FALSE(parse_schedstat(""));
  const char* rollup = "5555 [rollup]\nRss:     10 kB\nAnonymous:          372 kB\nSwap: 0 kB\n";
  CHECK(parse_rollup(rollup, "Anonymous") == 372 * 1024);
  CHECK_FALSE(parse_rollup(rollup, "Nothing"));
}

TEST_CASE("a living process has CPU time and memory, one that does not exist has neither") {
  CHECK(cpu_ns(::getpid()).value_or(0) > 0);
  CHECK(own_cpu_ns() > 0);
  CHECK(anonymous_bytes(::getpid()).value_or(0) > 0);
  CHECK_FALSE(cpu_ns(999999999));
  CHECK_FALSE(anonymous_bytes(999999999));
}
