// `streamdemo check-processor KIND`: tries the processor of another program on the bus that the settings name.
#pragma once
#include <CLI/App.hpp>
#include <streamdemo/config/settings.hpp>

#include <string>

namespace streamdemo::app {

struct check_command {
  std::string kind;
  std::string payload = "{}";
  std::string wrong_payload;  // empty: none
  std::size_t tasks = 0;      // 0: one for each partition
  unsigned patience_s = 60;
};

// Adds the options. Parsing fills `c`.
void add_check_command(CLI::App& check, check_command& c);

// Prints what it finds. Returns the exit code: 0 if nothing is wrong, 1 if something is, 2 if it could not be tried.
int run_check_command(const check_command& c, const config::settings& settings);

}  // namespace streamdemo::app
