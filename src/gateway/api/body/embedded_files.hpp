// The files of the web pages and the API descriptions, embedded in the binary. The table is generated
// (cmake/embed.cmake) and rebuilt when a file changes.
#pragma once
#include <span>
#include <string_view>

namespace streamdemo::gateway {

struct embedded_file {
  std::string_view
      name;  // the path below its folder: index.html, shared/api.js; shared/api.js.gz is the same, compressed
  std::string_view bytes;
};

std::span<const embedded_file> embedded_files() noexcept;

}  // namespace streamdemo::gateway
