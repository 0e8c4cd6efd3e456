// A stranger's text as a log line may show it: printable ASCII, anything else as '?'; of one that is longer than `most`
// the beginning and "...". Pure.
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
