// The flags of `streamdemo compare` and `streamdemo compare buses`.
#pragma once
#include <CLI/App.hpp>
#include <streamdemo/compare/compare.hpp>

namespace streamdemo::app {

struct lab_options {
  CLI::App* compare = nullptr;
  CLI::App* buses = nullptr;
  compare::transport_options transports;
  compare::bus_options bus;
};

// Adds both commands to `cli`. Parsing fills `o`.
void add_lab(CLI::App& cli, lab_options& o);

}  // namespace streamdemo::app
