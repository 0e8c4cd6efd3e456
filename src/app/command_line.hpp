// Parses the command line. Called once, by main.
#pragma once
#include <streamdemo/compare/compare.hpp>
#include <streamdemo/config/config.hpp>

#include <string>

#include "app/check_command.hpp"
#include "app/data_command.hpp"
#include "app/key_command.hpp"

namespace streamdemo::app {

struct command {
  enum class action {
    run,              // start the roles
    print_reference,  // `streamdemo config`: the commented TOML reference
    print_markdown,   // `streamdemo config --markdown`: docs/configuration.md
    compare_transports,
    compare_buses,
    key,              // `streamdemo key new|list|revoke`: the file of keys
    data,             // `streamdemo data info|check|compact`: the directory of a journal
    check_processor,  // `streamdemo check-processor KIND`: another program's
    check,            // `streamdemo config --check`: read the settings, report problems, start nothing
    leave,            // exit with `exit_code`: help or version was printed, or the arguments were wrong
  };
  action what = action::run;
  int exit_code = 0;
  config::sources sources;
  int takeover = 0;  // the process whose place this one takes; 0: none
  compare::transport_options transports;
  compare::bus_options buses;
  key_command key;
  data_command data;
  check_command processor;
};

// Prints help, the version and errors itself.
command parse_command_line(int argc, char** argv, char** environment);

}  // namespace streamdemo::app
