#include "compare/report/client_files.hpp"

#include <algorithm>

namespace streamdemo::compare {

namespace {

std::string_view file_of(method m) {
  switch (m) {
    case method::nobody:
      break;
    case method::classic:
      return "classic.js";
    case method::poll:
      return "poll.js";
    case method::long_poll:
      return "long_poll.js";
    case method::sse:
      return "sse.js";
    case method::json_lines:
      return "json_lines.js";
    case method::websocket:
      return "websocket.js";
  }
  return {};
}

}  // namespace

const embedded_file* client_for(method m) {
  const auto all = embedded_files();
  const auto at = std::find_if(all.begin(), all.end(), [&](const auto& f) { return f.name == file_of(m); });
  return at == all.end() ? nullptr : &*at;
}

int count_lines(std::string_view source) {
  int lines = 0;
  while (!source.empty()) {
    const auto end = source.find('\n');
    const auto line = source.substr(0, end);
    source.remove_prefix(end == std::string_view::npos ? source.size() : end + 1);
    const auto first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && !line.substr(first).starts_with("//")) ++lines;
  }
  return lines;
}

}  // namespace streamdemo::compare
