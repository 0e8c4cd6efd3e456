#include "compare/buses/tried_bus.hpp"

#include <doctest/doctest.h>

using namespace streamdemo::compare;

TEST_CASE("each bus is named, and only what keeps tasks promises it") {
  const auto memory = in_memory(), journal = with_journal(), kafka = on_kafka("a:1,b:1");
  CHECK(memory.name != journal.name);
  // The default has a journal, so that memory alone must be asked for.
  CHECK(memory.settings.front() == "inprocess.directory=");
  CHECK(journal.settings.front() == "inprocess.directory=journal");
  CHECK_FALSE(memory.keeps_tasks);
  CHECK(journal.keeps_tasks);
  CHECK(journal.one_process);
  CHECK(kafka.keeps_tasks);
  CHECK_FALSE(kafka.one_process);
  CHECK(kafka.settings.back() == "topics.replication=2");
}
