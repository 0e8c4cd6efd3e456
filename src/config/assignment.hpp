// One setting as one source gives it: the common form of a line in the file, a variable and a flag.
#pragma once
#include <streamdemo/config/config.hpp>

#include "config/field.hpp"

namespace streamdemo::config {

// From a variable or a flag: a text, which will be read as the type of its setting.
struct untyped {
  std::string text;
};
// From the file: a value of a type that no setting has.
struct foreign {
  std::string type;  // "a date", with its article
};
using given = std::variant<value, untyped, foreign>;

struct assignment {
  std::string key;  // "gateway.port", "tasks.wordcount.command", "kafka.properties.sasl.mechanisms"
  config::given given;
  std::string where;  // as in `problem`
};

// The values in a TOML file, in the order of its lines. A file that cannot be read or parsed adds one problem.
std::vector<assignment> read_toml_file(const std::filesystem::path& path, std::vector<problem>& problems);

// The variables that name a setting, and those that seem to misspell one (a known section and an unknown name).
std::vector<assignment> read_environment(const std::vector<std::pair<std::string, std::string>>& variables);

// "gateway.port=9000".
std::vector<assignment> read_sets(const std::vector<std::string>& sets, std::vector<problem>& problems);

// Converts to the type of `like`. Otherwise returns what is wrong, as a text that follows the setting's name.
std::variant<value, std::string> convert(const config::given& g, const value& like);

// The name of a setting's environment variable, such as STREAMDEMO_GATEWAY_PORT.
std::string variable_of(std::string_view key);

}  // namespace streamdemo::config
