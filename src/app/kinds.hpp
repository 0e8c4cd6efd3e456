// The one list of the kinds that this program can do: their handlers for the processor, their names for the gateway.
#pragma once
#include <streamdemo/artifacts/store.hpp>
#include <streamdemo/config/settings.hpp>
#include <streamdemo/gateway/api/kind_info.hpp>
#include <streamdemo/processor/handler.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace streamdemo::app {

std::vector<std::unique_ptr<processor::handler>> make_handlers(const config::settings& settings,
                                                               const std::filesystem::path& guard_program,
                                                               artifacts::store& store);

// Names, with a notice where this machine lacks what a kind needs. Notices are given only where the processor is here.
std::vector<gateway::kind_info> describe_kinds(const config::settings& settings);

}  // namespace streamdemo::app
