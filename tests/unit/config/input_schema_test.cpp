#include <streamdemo/config/input_schema.hpp>

#include <doctest/doctest.h>

#include "unit/config/support.hpp"

using namespace streamdemo;
using namespace streamdemo::config;
using namespace streamdemo::config::test;

TEST_CASE("a kind's schema stands in the settings or in a file that they name") {
  const temporary_file file{R"({"required":["b"]})"};
  const auto l = load_file(
      "[tasks.one]\ncommand = [\"cat\"]\ninput_schema = '''\n {\"required\":[\"a\"]}'''\n"
      "[tasks.two]\nrequest_topic = \"own\"\ninput_schema = \"" +
      file.path().string() + "\"\n[tasks.three]\ncommand = [\"cat\"]\n");
  CHECK_MESSAGE(l.problems.empty(), all_of(l));
  const auto& schemas = l.settings.tasks.input_schemas;
  REQUIRE(schemas.size() == 2);
  CHECK(read_input_schema(schemas.at("one"))->check("{}")->sentence == "lacks the member \"a\"");
  CHECK(read_input_schema(schemas.at("two"))->check("{}")->sentence == "lacks the member \"b\"");
}

TEST_CASE("a schema that cannot be checked is one mistake among the others, and is named by its place") {
  const temporary_file file{R"({"properties":{"a":{"if":true}}})"};
  const auto l = load_file(
      "[tasks.one]\ncommand = [\"cat\"]\ninput_schema = '{\"type\":\"int\"}'\n"
      "[tasks.two]\ncommand = [\"cat\"]\ninput_schema = \"" +
      file.path().string() +
      "\"\n[tasks.three]\ncommand = [\"cat\"]\ninput_schema = \"/nowhere.json\"\n"
      "[tasks.four]\ncommand = [\"cat\"]\ninput_schema = \"/\"\n[gateway]\nport = 70000\n");
  CHECK(l.problems.size() == 5);
  CHECK_MESSAGE(reports(l, ":3", "tasks.one.input_schema is no schema that can be checked: /type must name"),
                all_of(l));
  CHECK_MESSAGE(reports(l, ":6", "s.toml: /properties/a/if is no keyword"), all_of(l));
  CHECK_MESSAGE(reports(l, ":9", "tasks.three.input_schema is \"/nowhere.json\", which cannot be read"), all_of(l));
  CHECK_MESSAGE(reports(l, ":12", "is \"/\", which cannot be read"), all_of(l));
  CHECK(reports(l, ":14", "gateway.port"));
}
