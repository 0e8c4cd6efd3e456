// Small files for their owner's eyes only, replaced whole: a reader sees the old or the new one. Blocks; any thread.
#pragma once
#include <streamdemo/base/descriptor.hpp>
#include <streamdemo/base/error.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace streamdemo::gateway::private_file {

// Errors: not_found, io.
base::result<std::string> read(const std::filesystem::path& file);
// Synced before it takes the name. Error: io.
base::result<void> replace(const std::filesystem::path& file, std::string_view text);
// Alone among writers as long as the descriptor is open; makes the directory. Error: io.
base::result<base::descriptor> lock(const std::filesystem::path& file);

}  // namespace streamdemo::gateway::private_file
