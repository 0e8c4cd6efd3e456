// One setting given by one source: the common form of a line of the file, a variable and a flag.
#pragma once
#include <streamdemo/config/config.hpp>

#include "config/field.hpp"

namespace streamdemo::config {

// From a variable or a flag: read by the type of the setting it is for.
struct untyped {
  std::string text;
};
// From the file, of a type that no setting has.
struct foreign {
  std::string type;  // "a date", with its article
};
using given = std::variant<value, untyped, foreign>;

struct assignment {
  std::string key;  // "gateway.port", "tasks.wordcount.command", "kafka.properties.sasl.mechanisms"
  config::given given;
  std::string where;  // as in `problem`
};

// The leaves of a TOML file in the order of its lines. A file that cannot be read or parsed is one problem.
std::vector<assignment> read_toml_file(const std::filesystem::path& path, std::vector<problem>& problems);

// The variables that name a setting or look like one with a spelling mistake (a known section and anything).
std::vector<assignment> read_environment(const std::vector<std::pair<std::string, std::string>>& variables);

// "gateway.port=9000".
std::vector<assignment> read_sets(const std::vector<std::string>& sets, std::vector<problem>& problems);

// What is given, as the type of `like`; or what is wrong with it, to stand after the name.
std::variant<value, std::string> convert(const config::given& g, const value& like);

// The variable of a setting: STREAMDEMO_GATEWAY_PORT.
std::string variable_of(std::string_view key);

}  // namespace streamdemo::config
