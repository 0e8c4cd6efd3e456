// A file that holds one bearer token, as an operator writes it. Blocks for a small file.
#pragma once
#include <streamdemo/base/error.hpp>

#include <filesystem>
#include <string>

namespace streamdemo::app {

// Without the line's end. Errors: not_found, io; corrupt: it is shorter than 16 characters, or has others than a token
// may have (RFC 6750 section 2.1).
base::result<std::string> read_token(const std::filesystem::path& file);

}  // namespace streamdemo::app
