// Makes a text from outside safe for a log line: every byte but printable ASCII becomes '?', and a text longer than
// `most` bytes is cut and ends in "...". Pure.
#pragma once
#include <string>
#include <string_view>

namespace streamdemo::base {

inline std::string shown(std::string_view text, std::size_t most = 128) {
  std::string out(text.substr(0, most));
  for (auto& c : out) {
    if (c < 0x20 || c > 0x7e) c = '?';
  }
  if (text.size() > most) out += "...";
  return out;
}

}  // namespace streamdemo::base
