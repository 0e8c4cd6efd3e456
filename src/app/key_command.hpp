// `streamdemo key new | list | revoke`: who may call a gateway. The file is read again by every gateway that has it,
// within a second.
#pragma once
#include <CLI/App.hpp>

#include <filesystem>
#include <string>
#include <vector>

namespace streamdemo::app {

struct key_command {
  enum class what { make, list, revoke };
  what to_do = what::list;
  std::string subject;
  std::vector<std::string> scopes;
  std::vector<std::string> kinds;
  std::string expires;  // "30d", or a time; empty: never
  bool first = false;
  std::string id;
};

// Adds the three to `key`; `c` is filled when it parses.
void add_key_command(CLI::App& key, key_command& c);

// The exit code. Prints what was asked for, or to standard error what is wrong.
int run_key_command(const key_command& c, const std::filesystem::path& directory);

}  // namespace streamdemo::app
