// Reads the settings: defaults, then the TOML file, then the environment (STREAMDEMO_GATEWAY_PORT), then flags
// (--set gateway.port=9000); later ones win. Called once, by main.
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
  std::vector<std::pair<std::string, std::string>> environment;  // STREAMDEMO_*, but for STREAMDEMO_CONFIG
  std::vector<std::string> sets;                                 // "gateway.port=9000"
};

struct loaded {
  config::settings settings;
  std::vector<problem> problems;  // empty: the settings are good. Otherwise all there are, not only the first
};

// What is wrong with a name and a value of [kafka.properties]; nothing: they are good. Only the bus knows.
using property_judge = std::function<std::optional<std::string>(const std::string& name, const std::string& value)>;

loaded load(const sources& s, const property_judge& judge = {});

// The complete reference as a commented TOML file, and as the Markdown of docs/configuration.md.
std::string reference_toml();
std::string reference_markdown();

}  // namespace streamdemo::config
