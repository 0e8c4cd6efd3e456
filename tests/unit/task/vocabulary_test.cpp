#include <doctest/doctest.h>

#include <streamdemo/task/vocabulary.hpp>
#include <string>

using namespace streamdemo::task;

TEST_CASE("every message type has a CloudEvents type that names it back") {
  for (const auto t : {message_type::submitted, message_type::accepted, message_type::started, message_type::result,
                       message_type::progress, message_type::log, message_type::ended, message_type::released,
                       message_type::deleted, message_type::alive}) {
    CHECK(parse_ce_type(ce_type(t)) == t);
    CHECK_FALSE(to_string(t).empty());
  }
  CHECK(to_string(message_type::alive) == "alive");
  CHECK_FALSE(parse_ce_type("streamdemo.task.other"));
}

TEST_CASE("only the four ends parse as ends") {
  CHECK(parse_end("succeeded") == status::succeeded);
  CHECK(parse_end("expired") == status::expired);
  CHECK_FALSE(parse_end("running"));
  CHECK_FALSE(parse_end(""));
}

TEST_CASE("a kind is lower case, digits and dashes, and no reserved name") {
  CHECK(is_kind("process-video"));
  CHECK(is_kind(std::string(64, 'a')));
  for (const auto* bad : {"", "A", "a_b", "a/b", "stream", "tasks", "kinds", "results", "artifacts"})
    CHECK_FALSE(is_kind(bad));
  CHECK_FALSE(is_kind(std::string(65, 'a')));
}
