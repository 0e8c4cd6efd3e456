#include <doctest/doctest.h>

#include <sstream>

#include "config/field.hpp"
#include "unit/config/support.hpp"

using namespace streamdemo::config;
using namespace streamdemo::config::test;

TEST_CASE("the reference names every setting and loads back to the defaults") {
  const auto text = reference_toml();
  const auto l = load_file(text);
  INFO(all_of(l));
  REQUIRE(l.problems.empty());
  for (const auto& f : fields()) {
    INFO(f.key);
    CHECK(f.get(l.settings) == f.get(settings{}));
    CHECK(text.find("\n" + std::string(name_in_section(f.key)) + " = ") != std::string::npos);
    CHECK(text.find(f.sentence) != std::string::npos);
  }
}

TEST_CASE("the reference's example of a kind is good once its comment signs are gone") {
  auto text = reference_toml();
  const auto begin = text.find("# [tasks.wordcount]");
  const auto end = text.find("\n\n", begin);
  REQUIRE(begin != std::string::npos);
  std::istringstream lines(text.substr(begin, end - begin));
  std::string example;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# [") || line.find(" = ") != std::string::npos) example += line.substr(2) + "\n";
  }
  // An own topic is a choice, not a default.
  example.erase(example.find("request_topic"));
  const auto l = load_file(example);
  INFO(example << all_of(l));
  CHECK(l.problems.empty());
  CHECK(l.settings.tasks.commands.at("wordcount").command == strings{"python3", "wordcount.py"});
  for (const auto& f : task_fields()) {
    if (f.key != "request_topic") CHECK(example.find(f.key) != std::string::npos);
  }
}

TEST_CASE("the reference's example of an issuer is good, too") {
  auto text = reference_toml();
  const auto begin = text.find("# [auth.issuers.main]");
  REQUIRE(begin != std::string::npos);
  std::istringstream lines(text.substr(begin, text.find("\n\n", begin) - begin));
  std::string example;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# [") || line.find(" = ") != std::string::npos) example += line.substr(2) + "\n";
  }
  const auto l = load_file("auth.mode = \"jwt\"\n" + example);
  INFO(example << all_of(l));
  CHECK(l.problems.empty());
  CHECK(l.settings.auth.issuers.at("main").audience == strings{"streamdemo"});
  CHECK(l.settings.auth.issuers.at("main").leeway == token_issuer{}.leeway);
  for (const auto& f : issuer_fields()) CHECK(example.find(f.key + " = ") != std::string::npos);
}

TEST_CASE("docs/configuration.md is what the settings say") {
  std::ifstream file("docs/configuration.md");
  std::stringstream text;
  text << file.rdbuf();
  const bool same = text.str() == reference_markdown();
  CHECK_MESSAGE(same, "docs/configuration.md is stale: `./dev docs` writes it anew");
}
