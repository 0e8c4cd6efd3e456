#include "processor/decisions/unbegun_tasks.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;
using processor::unbegun_tasks;
using task::message_type;

namespace {

task::message of(message_type type, const std::string& task) {
  task::message m;
  m.type = type;
  m.request_id = task;
  return m;
}

}  // namespace

TEST_CASE("a task is unbegun when it was accepted after the partition came here, until something else of it is read") {
  unbegun_tasks u;
  u.owner_changes(3);
  u.end_known(3, 100);
  u.read(of(message_type::accepted, "before"), 99, true);
  u.read(of(message_type::accepted, "repeated"), 100, false);
  u.read(of(message_type::accepted, "new"), 100, true);
  CHECK_FALSE(u.contains("before"));
  CHECK_FALSE(u.contains("repeated"));
  CHECK(u.contains("new"));
  u.read(of(message_type::started, "new"), 101, false);
  CHECK_FALSE(u.contains("new"));
}

TEST_CASE("without an end that was asked for after the change nothing is unbegun") {
  unbegun_tasks u;
  u.owner_changes(3);
  u.read(of(message_type::accepted, "a"), 1000, true);
  u.end_known(2, 0);
  u.read(of(message_type::accepted, "b"), 1000, true);
  CHECK_FALSE(u.contains("a"));
  CHECK_FALSE(u.contains("b"));
  u.end_known(3, 500);
  u.end_known(4, 2000);
  u.read(of(message_type::accepted, "c"), 1000, true);
  CHECK(u.contains("c"));
  u.owner_changes(5);
  CHECK_FALSE(u.contains("c"));
}
