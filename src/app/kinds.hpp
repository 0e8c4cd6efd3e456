// The one table of the kinds of tasks: what a gateway knows about each, and the handler that runs it in a processor.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/config/settings.hpp>
#include <streamdemo/gateway/api/kind_info.hpp>
#include <streamdemo/processor/handler.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <vector>

namespace streamdemo::app {

// What handlers need. The store must outlive them.
struct handler_needs {
  std::filesystem::path guard_program;
  std::uint64_t child_open_files;  // the soft limit of open files of the programs they start; 0: that of this program
  artifacts::store& store;
};

struct kind {
  gateway::kind_info info;
  // Empty: a foreign processor runs this kind, and this program only accepts its tasks.
  std::function<std::unique_ptr<processor::handler>(const handler_needs&)> make_handler;
  std::uint32_t concurrency = 0;  // how many of its tasks a processor runs at once, if it has a handler
};

// In the order in which they are shown: the built-in ones, then those of the configuration. A notice says which
// programs this machine lacks, and is set only if the processor runs in this process.
std::vector<kind> kinds_of(const config::settings& settings);

std::vector<gateway::kind_info> infos(const std::vector<kind>& kinds);
std::vector<std::unique_ptr<processor::handler>> make_handlers(const std::vector<kind>& kinds,
                                                               const handler_needs& needs);
// How many tasks of each kind with a handler a processor runs at once.
std::map<std::string, std::uint32_t, std::less<>> concurrency_of(const std::vector<kind>& kinds);

}  // namespace streamdemo::app
