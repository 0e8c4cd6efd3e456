// The smallest clients in JavaScript, one for each way of reading, that lose nothing when the server is away for a
// while. They are part of the binary, and what a client needs is counted in them.
#pragma once
#include <span>
#include <string_view>

#include "compare/client/transport.hpp"

namespace streamdemo::compare {

struct embedded_file {
  std::string_view name;
  std::string_view bytes;
};
std::span<const embedded_file> embedded_files() noexcept;

// The client for this method; null: there is none.
const embedded_file* client_for(method m);

// Lines that are neither empty nor a comment of their own. Pure.
int count_lines(std::string_view source);

}  // namespace streamdemo::compare
