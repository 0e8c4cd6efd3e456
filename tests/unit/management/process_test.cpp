#include "management/process.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::management;

TEST_CASE("a process is read from its stat line, whatever its name is") {
  const auto n = parse_process(
      "4242 (a ) b) S 1 4242 4242 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 7 0 3000 123456789 1000 18446744073709551615 "
      "1 1 0 0 0 0 0\n",
      100, 4096, 1700000000);
  REQUIRE(n);
  CHECK(n->cpu_seconds == doctest::Approx(3.0));
  CHECK(n->threads == 7);
  CHECK(n->start_time == doctest::Approx(1700000030.0));
  CHECK(n->virtual_bytes == 123456789);
  CHECK(n->resident_bytes == 4096000);
}

TEST_CASE("a stat line that is cut or garbled is no process") {
  CHECK(!parse_process("", 100, 4096, 0));
  CHECK(!parse_process("1 (a) S 1 2 3", 100, 4096, 0));
  CHECK(!parse_process("1 (a) S 1 1 1 0 -1 1 1 0 0 0 x 50 0 0 20 0 7 0 3000 1 1000", 100, 4096, 0));
}

TEST_CASE("the boot time is found in its own line only") {
  CHECK(parse_boot_time("cpu 1 2\nbtime 1700000000\nprocesses 3\n") == 1700000000);
  CHECK(parse_boot_time("cpu 1 2\nxbtime 17\n") == 0);
}

TEST_CASE("this process has memory and a thread") {
  const auto n = this_process();
  REQUIRE(n);
  CHECK(n->resident_bytes > 0);
  CHECK(n->threads >= 1);
  CHECK(expose(*n).find("\nprocess_resident_memory_bytes ") != std::string::npos);
}
