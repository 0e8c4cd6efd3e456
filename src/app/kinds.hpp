// The one table of the kinds of tasks: what a gateway is told of each, and the handler with which a processor does it.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/config/settings.hpp>
#include <streamdemo/gateway/api/kind_info.hpp>
#include <streamdemo/processor/handler.hpp>

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace streamdemo::app {

// What handlers are made of. The store outlives them.
struct handler_needs {
  std::filesystem::path guard_program;
  std::uint64_t child_open_files;  // the soft limit of the programs they start; 0: this program's
  artifacts::store& store;
};

struct kind {
  gateway::kind_info info;
  // Empty: a processor of somebody else's does it, and this program only passes its tasks on.
  std::function<std::unique_ptr<processor::handler>(const handler_needs&)> make_handler;
};

// In the order in which they are shown: those that are built in, then those of the configuration. A notice says what
// this machine lacks, and is given only where the processor is here.
std::vector<kind> kinds_of(const config::settings& settings);

std::vector<gateway::kind_info> infos(const std::vector<kind>& kinds);
std::vector<std::unique_ptr<processor::handler>> make_handlers(const std::vector<kind>& kinds,
                                                               const handler_needs& needs);

}  // namespace streamdemo::app
