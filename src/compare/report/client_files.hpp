// The smallest clients in JavaScript, one for each way of reading, that lose nothing when the server cannot be reached
// for a while. They are embedded in the binary; the report counts their lines to show how much code a client needs.
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

// The client for this method; nullptr: there is none.
const embedded_file* client_for(method m);

// The number of lines that are neither empty nor only a comment. Pure.
int count_lines(std::string_view source);

}  // namespace streamdemo::compare
