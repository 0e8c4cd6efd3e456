#include <doctest/doctest.h>
#include <streamdemo/base/shown.hpp>

using streamdemo::base::shown;

TEST_CASE("a stranger's text cannot forge a log line, steer a terminal, or fill the disk") {
  CHECK(shown("task-1") == "task-1");
  CHECK(shown("a\nforged error\x1b[2J\xff\x7f") == "a?forged error?[2J??");
  CHECK(shown(std::string(200, 'x'), 10) == "xxxxxxxxxx...");
}
