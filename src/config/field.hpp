// The description of one setting: its name, what it does, its allowed values, and how to access its member. All sources
// and documents work through the lists in fields.cpp. Values only, thread-safe.
#pragma once
#include <streamdemo/config/settings.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace streamdemo::config {

using strings = std::vector<std::string>;
using properties = std::map<std::string, std::string>;

// The value of a setting outside the structure. Durations are in milliseconds, sizes in bytes.
using value = std::variant<bool, std::int64_t, std::string, strings, properties>;

template <class Owner>
struct basic_field {
  std::string key;       // "gateway.port"; inside a kind's table only "command"
  std::string sentence;  // what it does, for people
  std::string allowed;   // its allowed values, for people
  std::function<value(const Owner&)> get;
  // Must be called only with the same alternative of `value` as get() returns, and after wrong() returned an empty
  // text.
  std::function<void(Owner&, const value&)> set;
  // Returns what is wrong, as a text that follows the name; empty: the value is valid.
  std::function<std::string(const value&)> wrong;
};

// One table [tasks.<kind>], before its values are moved to the settings.
struct task_table {
  command_task command;
  std::string request_topic;
  std::string input_schema;
};

using field = basic_field<settings>;
using task_field = basic_field<task_table>;
using issuer_field = basic_field<token_issuer>;

// All settings except the tables of kinds and issuers, in the order of the reference.
std::vector<field> fields();
// The settings of a kind's table.
std::vector<task_field> task_fields();
// The settings of an issuer's table.
std::vector<issuer_field> issuer_fields();

// One sentence about a section ("gateway"), for the documents.
std::string_view section_sentence(std::string_view section);

// "gateway" of "gateway.port"; empty for a name without a dot.
inline std::string_view section_of(std::string_view key) {
  const auto dot = key.find('.');
  return dot == key.npos ? std::string_view{} : key.substr(0, dot);
}
inline std::string_view name_in_section(std::string_view key) {
  const auto dot = key.find('.');
  return dot == key.npos ? key : key.substr(dot + 1);
}

}  // namespace streamdemo::config
