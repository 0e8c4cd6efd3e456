#include "app/module_options.hpp"

#include <doctest/doctest.h>

using namespace streamdemo;

TEST_CASE("a processor reads the common request topic and those of kinds that it has a command for, each once") {
  config::settings s;
  s.tasks.commands["one"];
  s.tasks.commands["two"];
  s.tasks.commands["plain"];
  s.tasks.request_topics = {{"one", "request.own"}, {"two", "request.own"}, {"foreign", "request.foreign"}};
  const auto o = app::processor_options(s, "p/1");
  CHECK(o.request_topics == std::vector<std::string>{"request", "request.own"});
}

TEST_CASE(
    "a Kafka client has a name even where this instance has none, and takes every record that a run may publish") {
  config::settings s;
  CHECK(app::kafka_options(s).client_id == "streamdemo");
  s.instance.name = "here";
  s.processor.max_record_bytes = 12345;
  CHECK(app::kafka_options(s).client_id == "here");
  CHECK(app::kafka_options(s).max_record_bytes == 12345);
}
