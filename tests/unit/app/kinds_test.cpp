#include "app/kinds.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <streamdemo/config/config.hpp>

#include "support/temporary_directory.hpp"

using namespace streamdemo;
using namespace streamdemo::app;

namespace {

const gateway::kind_info& find(const std::vector<kind>& kinds, std::string_view name) {
  return std::ranges::find(kinds, name, [](const kind& k) { return std::string_view(k.info.name); })->info;
}

}  // namespace

TEST_CASE(
    "each kind has a name of its own, its handler knows it by that name, and none of the built-in ones can be added") {
  const config::settings s;
  const base::logger log("test", base::log_level::off);
  const base::system_clock clock;
  base::metrics metrics;
  const test::temporary_directory root;
  artifacts::options where;
  where.directory = root.path() / "store";
  const auto store = std::move(artifacts::make_directory_store(where, clock, metrics, log)).value();
  std::set<std::string> names;
  for (const auto& k : kinds_of(s)) {
    INFO(k.info.name);
    CHECK(names.insert(k.info.name).second);
    CHECK(k.make_handler({.guard_program = {}, .child_open_files = 0, .store = *store})->kind() == k.info.name);
    config::sources taken;
    taken.sets.push_back("tasks." + k.info.name + ".request_topic=own");
    const auto set = config::load(taken);
    REQUIRE(set.problems.size() == 1);
    CHECK(set.problems.front().what.find("is a kind of this program itself") != std::string::npos);
  }
}

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

TEST_CASE("each kind that runs here has its slots") {
  config::settings s;
  s.tasks.commands["plain"];
  s.tasks.commands["many"].concurrency = 4;
  s.tasks.process_video_concurrency = 1;
  s.tasks.request_topics = {{"foreign", "request.foreign"}};
  CHECK(concurrency_of(kinds_of(s)) == std::map<std::string, std::uint32_t, std::less<>>{
                                           {"process-video", 1}, {"simulate", 3}, {"plain", 3}, {"many", 4}});
}
