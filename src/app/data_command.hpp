// `streamdemo data info | check | compact DIRECTORY`: looks after the directory of the journal in which a single
// process keeps its tasks (inprocess.directory).
#pragma once
#include <streamdemo/bus/journal_tools.hpp>

#include <CLI/App.hpp>

#include <filesystem>
#include <string>

namespace streamdemo::app {

struct data_command {
  enum class what { info, check, compact };
  what to_do = what::info;
  std::filesystem::path directory;
};

// Adds the three subcommands to `data`. Parsing fills `c`.
void add_data_command(CLI::App& data, data_command& c);

// Prints the result, or what is wrong to standard error. Returns the exit code: 1 if something is wrong.
int run_data_command(const data_command& c);

// Pure: the table that `info` prints.
std::string text_of(const bus::journal_info& info);

}  // namespace streamdemo::app
