// Reads the settings from the defaults, the TOML file, the environment (STREAMDEMO_GATEWAY_PORT) and flags (--set
// gateway.port=9000); a later source overrides an earlier one. Called once, by main.
#pragma once
#include <streamdemo/config/settings.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace streamdemo::config {

// One thing that is wrong, and where: "config/streamdemo.toml:12", "STREAMDEMO_GATEWAY_PORT", "--set gateway.port".
struct problem {
  std::string where;
  std::string what;
};

struct sources {
  std::optional<std::filesystem::path> file;
  std::vector<std::pair<std::string, std::string>> environment;  // STREAMDEMO_*, without STREAMDEMO_CONFIG
  std::vector<std::string> sets;                                 // "gateway.port=9000"
};

struct loaded {
  config::settings settings;
  std::vector<problem> problems;  // all that were found, not only the first; empty: the settings are valid
};

// Checks a name and a value of [kafka.properties], which only the bus can do. Returns what is wrong; nullopt: nothing.
using property_judge = std::function<std::optional<std::string>(const std::string& name, const std::string& value)>;

loaded load(const sources& s, const property_judge& judge = {});

// The reference of all settings: as a commented TOML file, and as the Markdown of docs/configuration.md.
std::string reference_toml();
std::string reference_markdown();

}  // namespace streamdemo::config
