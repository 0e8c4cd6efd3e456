// A secret that is made once and kept, for who configures none. Blocks; any thread.
#pragma once
#include <streamdemo/base/error.hpp>

#include <filesystem>
#include <string>

namespace streamdemo::gateway {

// What the file holds; where there is none it is made, for its owner's eyes only. Errors: io, corrupt (too short).
base::result<std::string> read_or_make_secret(const std::filesystem::path& file);

}  // namespace streamdemo::gateway
