// Reads the environment and the flags.
#include <fmt/format.h>

#include <algorithm>
#include <streamdemo/base/text.hpp>

#include "config/assignment.hpp"

namespace streamdemo::config {

namespace {

constexpr std::string_view variable_prefix = "STREAMDEMO_";
constexpr std::string_view properties_variables = "STREAMDEMO_KAFKA_PROPERTIES_";
constexpr std::string_view tasks_variables = "STREAMDEMO_TASKS_";
constexpr std::string_view issuers_variables = "STREAMDEMO_AUTH_ISSUERS_";

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::string lower_with(std::string_view text, char instead_of_underscore) {
  std::string out;
  for (const char c : text) out += c == '_' ? instead_of_underscore : base::lower(c);
  return out;
}

// The setting in a table, such as STREAMDEMO_TASKS_WORD_COUNT_MAX_LINE_BYTES: a known name at the end, and before it
// the name of the table, in which each '_' stands for '-'. Empty: it ends with no known name.
template <class Owner>
std::string table_key(std::string_view variable, std::string_view begin, std::string_view section,
                      const std::vector<basic_field<Owner>>& known) {
  if (!variable.starts_with(begin)) return {};
  const auto rest = variable.substr(begin.size());
  for (const auto& f : known) {
    const auto suffix = "_" + variable_of(f.key).substr(variable_prefix.size());
    if (rest.size() > suffix.size() && rest.ends_with(suffix)) {
      return fmt::format("{}.{}.{}", section, lower_with(rest.substr(0, rest.size() - suffix.size()), '-'), f.key);
    }
  }
  return {};
}

// The setting that a variable names. A variable that only begins like a section gives a name that no setting has, and
// is reported. Others give an empty text and are ignored, since orchestrators make such variables from service names.
std::string key_of(std::string_view variable, const std::vector<field>& all) {
  for (const auto& f : all) {
    if (variable_of(f.key) == variable) return f.key;
  }
  if (variable.starts_with(properties_variables)) {
    return "kafka.properties." + lower_with(variable.substr(properties_variables.size()), '.');
  }
  if (auto key = table_key(variable, tasks_variables, "tasks", task_fields()); !key.empty()) return key;
  if (auto key = table_key(variable, issuers_variables, "auth.issuers", issuer_fields()); !key.empty()) return key;
  for (const auto& f : all) {
    const auto section = section_of(f.key);
    const auto begin = variable_of(section) + "_";
    if (!section.empty() && variable.starts_with(begin)) {
      return fmt::format("{}.{}", section, lower_with(variable.substr(begin.size()), '_'));
    }
  }
  return {};
}

}  // namespace

std::string variable_of(std::string_view key) {
  std::string out{variable_prefix};
  for (const char c : key) out += c == '.' || c == '-' ? '_' : upper(c);
  return out;
}

std::vector<assignment> read_environment(const std::vector<std::pair<std::string, std::string>>& variables) {
  const auto all = fields();
  std::vector<assignment> out;
  for (const auto& [name, text] : variables) {
    if (auto key = key_of(name, all); !key.empty()) out.push_back({std::move(key), untyped{text}, name});
  }
  return out;
}

std::vector<assignment> read_sets(const std::vector<std::string>& sets, std::vector<problem>& problems) {
  std::vector<assignment> out;
  for (const auto& set : sets) {
    const auto equals = set.find('=');
    if (equals == set.npos || equals == 0) {
      problems.push_back({"--set " + set, "must be name=value, such as --set gateway.port=9000"});
      continue;
    }
    out.push_back({set.substr(0, equals), untyped{set.substr(equals + 1)}, "--set " + set.substr(0, equals)});
  }
  return out;
}

}  // namespace streamdemo::config
