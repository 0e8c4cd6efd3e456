#include "app/kinds.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace streamdemo;
using namespace streamdemo::app;

namespace {

const gateway::kind_info& find(const std::vector<kind>& kinds, std::string_view name) {
  return std::ranges::find(kinds, name, [](const kind& k) { return std::string_view(k.info.name); })->info;
}

}  // namespace

TEST_CASE("every kind is one row: what is built in, commands, and those of other processors, each with its schema") {
  config::settings s;
  s.tasks.commands["plain"];
  s.tasks.commands["strict"];
  s.tasks.request_topics = {{"strict", "request.own"}, {"foreign", "request.foreign"}};
  s.tasks.input_schemas = {{"strict", R"({"required":["a"]})"}, {"foreign", R"({"required":["b"]})"}};
  s.video.max_sample_seconds = 30;
  const auto kinds = kinds_of(s);
  CHECK(kinds.size() == 5);
  CHECK(find(kinds, "simulate").input->check(R"({"results":-1})"));
  CHECK(find(kinds, "process-video").input->check(R"({"source":"sample","sample_seconds":31})"));
  CHECK(find(kinds, "process-video").upload->options.check(R"({"clip_seconds":0})"));
  CHECK(!find(kinds, "plain").input);
  CHECK(!find(kinds, "plain").upload);
  CHECK(find(kinds, "strict").input->check("{}")->sentence == "lacks the member \"a\"");
  CHECK(find(kinds, "foreign").input->check("{}")->sentence == "lacks the member \"b\"");
}
