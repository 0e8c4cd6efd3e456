// The web page's files inside the binary. The table is generated (cmake/embed.cmake) and rebuilt when a file changes.
#pragma once
#include <span>
#include <string_view>

namespace streamdemo::gateway {

struct embedded_file {
  std::string_view name;  // without folder
  std::string_view bytes;
};

std::span<const embedded_file> embedded_files() noexcept;

}  // namespace streamdemo::gateway
