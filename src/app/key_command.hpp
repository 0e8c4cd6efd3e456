// `streamdemo key new | list | revoke`: manages the file of keys that may call a gateway. Every gateway that uses the
// file notices a change within a second.
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

// Adds the three subcommands to `key`. Parsing fills `c`.
void add_key_command(CLI::App& key, key_command& c);

// Prints the result, or what is wrong to standard error. Returns the exit code.
int run_key_command(const key_command& c, const std::filesystem::path& directory);

}  // namespace streamdemo::app
