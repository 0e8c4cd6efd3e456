#include "app/command_line.hpp"

#include <doctest/doctest.h>

using streamdemo::app::command;
using streamdemo::app::data_command;

namespace {

command parse(std::vector<std::string> arguments, std::vector<std::string> environment = {}) {
  arguments.insert(arguments.begin(), "streamdemo");
  std::vector<char*> argv, envp;
  for (auto& a : arguments) argv.push_back(a.data());
  for (auto& e : environment) envp.push_back(e.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  return streamdemo::app::parse_command_line(static_cast<int>(arguments.size()), argv.data(), envp.data());
}

}  // namespace

TEST_CASE("without arguments the program runs with its defaults") {
  const auto c = parse({});
  CHECK(c.what == command::action::run);
  CHECK_FALSE(c.sources.file);
  CHECK(c.sources.sets.empty());
}

TEST_CASE("flags become settings and only our variables are read") {
  const auto c = parse({"--role=gateway", "--bus", "inprocess", "--config", "x.toml", "--set", "gateway.port=9000",
                        "--set", "results.max_bytes=1048576"},
                       {"PATH=/bin", "STREAMDEMO_GATEWAY_PORT=9001"});
  CHECK(c.sources.file == "x.toml");
  CHECK(c.sources.sets ==
        std::vector<std::string>{"gateway.port=9000", "results.max_bytes=1048576", "role=gateway", "bus=inprocess"});
  REQUIRE(c.sources.environment.size() == 1);
  CHECK(c.sources.environment[0].first == "STREAMDEMO_GATEWAY_PORT");
  CHECK(c.sources.environment[0].second == "9001");
}

TEST_CASE("the config command prints, or checks") {
  CHECK(parse({"config"}).what == command::action::print_reference);
  CHECK(parse({"config", "--markdown"}).what == command::action::print_markdown);
  CHECK(parse({"config", "--check", "--set", "gateway.port=1"}).what == command::action::check);
}

TEST_CASE("the lab is called by its two commands, each with its own options") {
  const auto transports = parse({"compare", "--clients", "7", "--transports", "sse", "--json", "-"});
  CHECK(transports.what == command::action::compare_transports);
  CHECK(transports.transports.clients == 7);
  CHECK(transports.transports.transports == "sse");
  CHECK(transports.transports.out.json == "-");
  CHECK(transports.transports.command_line == "streamdemo compare --clients 7 --transports sse --json -");
  const auto buses = parse({"compare", "buses", "--brokers", "a:1,b:2", "--html", "x.html"});
  CHECK(buses.what == command::action::compare_buses);
  CHECK(buses.buses.brokers == "a:1,b:2");
  CHECK(buses.buses.out.html == "x.html");
  CHECK(parse({"compare", "--clients", "0"}).exit_code == 2);
}

TEST_CASE("the data command names what to do and the directory, and takes nothing else") {
  const auto look = parse({"data", "info", "data/journal"});
  CHECK(look.what == command::action::data);
  CHECK(look.data.to_do == data_command::what::info);
  CHECK(look.data.directory == "data/journal");
  CHECK(parse({"data", "check", "d"}).data.to_do == data_command::what::check);
  CHECK(parse({"data", "compact", "d"}).data.to_do == data_command::what::compact);
  CHECK(parse({"data", "check"}).exit_code == 2);
  CHECK(parse({"data"}).exit_code == 2);
}

TEST_CASE("help ends well and a wrong flag ends with 2") {
  CHECK(parse({"--help"}).exit_code == 0);
  CHECK(parse({"--version"}).what == command::action::leave);
  const auto wrong = parse({"--rool=gateway"});
  CHECK(wrong.what == command::action::leave);
  CHECK(wrong.exit_code == 2);
}
