// A secret that is made once and kept in a file, for when none is configured. Blocks; any thread.
#pragma once
#include <streamdemo/base/error.hpp>

#include <filesystem>
#include <string>

namespace streamdemo::gateway {

// The secret in the file. A missing file is created with a new secret, readable by its owner only. Errors: io, corrupt
// (too short).
base::result<std::string> read_or_make_secret(const std::filesystem::path& file);

}  // namespace streamdemo::gateway
