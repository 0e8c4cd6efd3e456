#include <doctest/doctest.h>

#include <streamdemo/processor/processor.hpp>

using namespace streamdemo;

TEST_CASE("a processor reads the common request topic and those of kinds that it has a command for, each once") {
  config::settings s;
  s.tasks.commands["one"];
  s.tasks.commands["two"];
  s.tasks.commands["plain"];
  s.tasks.request_topics = {{"one", "request.own"}, {"two", "request.own"}, {"foreign", "request.foreign"}};
  const auto o = processor::options_from(s, "p/1");
  CHECK(o.request_topics == std::vector<std::string>{"request", "request.own"});
}
